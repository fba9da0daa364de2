/**
 * What nvidia-smi and the kernel print, as people reported it; each says where. There was no card where these tests were
 * written: lists, tables and failures stand as they were reported (shortened), while the rows of our own `--query-gpu`
 * are put together from the values that the same report gives.
 */

/** Ricks-Lab/gpu-utils#83: driver 440, `--format=csv,noheader,nounits`, and `-L` as CPU-X#115 has it of 430. */
export const GEFORCE_440 = {
  query: '0, GPU-22b2c6ac-2d49-4863-197c-9c469071178a, GeForce RTX 2080, 440.64, 7979, 7100\n',
  list: 'GPU 0: GeForce RTX 2080 (UUID: GPU-22b2c6ac-2d49-4863-197c-9c469071178a)\n',
  table: '| NVIDIA-SMI 440.64       Driver Version: 440.64       CUDA Version: 10.2     |\n',
};

/** huggingface/candle#733 (driver 470) and canonical/inference-snaps#128: it ends with 2. */
export const FIELD_UNKNOWN = 'Field "compute_cap" is not a valid field to query.\n\n';

/** Frogging-Family/nvidia-all#212: an RTX 4070 of 12,282 MiB, 430 of them in use. */
export const GEFORCE_550 = {
  query:
    '0, GPU-e18afb8d-1627-f8ff-2ba3-c05c5a8e9e67, NVIDIA GeForce RTX 4070, 550.40.07, 12282, 11582, 8.9, [N/A]\n',
  table: `Wed Jan 24 15:18:40 2024
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 550.40.07              Driver Version: 550.40.07      CUDA Version: 12.4     |
|-----------------------------------------+------------------------+----------------------+
|   0  NVIDIA GeForce RTX 4070        Off |   00000000:2D:00.0  On |                  N/A |
|  0%   36C    P5             17W /  200W |     430MiB /  12282MiB |      1%      Default |
`,
};

/** sgl-project/sglang#27487: driver 610 has other words for both versions. */
export const B200_610 = {
  query: [
    '0, GPU-11111111-0000-0000-0000-000000000000, NVIDIA B200, 610.43.02, 183359, 182632, 10.0, Disabled',
    '1, GPU-22222222-0000-0000-0000-000000000000, NVIDIA B200, 610.43.02, 183359, 182632, 10.0, Disabled',
    '',
  ].join('\n'),
  table: '| NVIDIA-SMI 610.43.02              KMD Version: 610.43.02     CUDA UMD Version: 13.3     |\n',
};

/** microsoft/WSL#9134, of Windows itself: two GeForce cards in the WDDM mode. */
export const WINDOWS_517 = {
  query:
    '0, GPU-33333333-0000-0000-0000-000000000000, NVIDIA GeForce GTX 1080 Ti, 517.48, 11264, 10688, 6.1, [N/A]\r\n' +
    '1, GPU-44444444-0000-0000-0000-000000000000, NVIDIA GeForce GTX 1080 Ti, 517.48, 11264, 9112, 6.1, [N/A]\r\n',
  table: '| NVIDIA-SMI 517.48       Driver Version: 517.48       CUDA Version: 11.7     |\r\n',
};

/** microsoft/WSL#11589: after an update of Windows' driver alone. */
export const WSL_NO_CUDA =
  '| NVIDIA-SMI 545.46                 Driver Version: 546.80       CUDA Version: ERR!     |\n';

/** unslothai/unsloth#10283, XuehaiPan/nvitop#208, snowflakedb/ArcticTraining#345: DGX Spark, whose memory is the machine's. */
export const GB10_580 = {
  query: '0, GPU-2dee1e25-b3b5-007e-2b55-79f2d0f2ebe5, NVIDIA GB10, 580.126.09, [N/A], [N/A], 12.1, [N/A]\n',
  table: `| NVIDIA-SMI 580.126.09             Driver Version: 580.126.09     CUDA Version: 13.0     |
|   0  NVIDIA GB10                    On  |   0000000F:01:00.0 Off |                  N/A |
| N/A   36C    P8              3W /  N/A  | Not Supported          |      0%      Default |
`,
};

/** NVIDIA DCGM user guide, "MIG": two halves of an A100, in the narrow table of drivers before 530. */
export const A100_MIG = {
  query:
    '0, GPU-5fd15f35-e148-2992-4ecb-9825e534f253, NVIDIA A100-PCIE-40GB, 525.60.13, 40960, 40512, 8.0, Enabled\n',
  list: `GPU 0: NVIDIA A100-PCIE-40GB (UUID: GPU-5fd15f35-e148-2992-4ecb-9825e534f253)
  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736-a75d-5afc-978f-d2f1294409fd)
  MIG 3g.20gb     Device  1: (UUID: MIG-a28ad590-3fda-56dd-84fc-0a0b96edc58d)
`,
  table: `| NVIDIA-SMI 525.60.13    Driver Version: 525.60.13    CUDA Version: 12.0     |
| MIG devices:                                                                |
+------------------+----------------------+-----------+-----------------------+
| GPU  GI  CI  MIG |         Memory-Usage |        Vol|         Shared        |
|      ID  ID  Dev |           BAR1-Usage | SM     Unc| CE  ENC  DEC  OFA  JPG|
|==================+======================+===========+=======================|
|  0    1   0   0  |     11MiB / 20096MiB | 42      0 |  3   0    2    0    0 |
|                  |      0MiB / 32767MiB |           |                       |
+------------------+----------------------+-----------+-----------------------+
|  0    2   0   1  |     11MiB / 20096MiB | 42      0 |  3   0    2    0    0 |
|                  |      0MiB / 32767MiB |           |                       |
`,
};

/** NVIDIA MIG User Guide, "CUDA Device Enumeration": the UUIDs of drivers before 470, and those of 570 on an H100. */
export const MIG_LISTS = {
  before470: `GPU 0: A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
  MIG 3g.20gb Device 0: (UUID: MIG-GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77/1/0)
`,
  h100: `GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-c08d91cb-e324-655c-71ba-7570956445bc)
  MIG 1c.3g.40gb Device 0: (UUID: MIG-c788539f-c1ea-5a36-8b4d-9b07d024b1bb)
  MIG 1g.10gb Device 3: (UUID: MIG-b4b2228d-6933-5839-bc0e-41ab9edb61c6)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-66666666-0000-0000-0000-000000000000)
`,
};

/** Of an H100 NVL and of a GH200, in the wide table: rows as users posted them. */
export const WIDE_MIG_TABLE = `| MIG devices:                                                                            |
+------------------+----------------------------------+-----------+-----------------------+
| GPU  GI  CI  MIG |                     Memory-Usage |        Vol|        Shared         |
|      ID  ID  Dev |                       BAR1-Usage | SM     Unc| CE ENC  DEC  OFA  JPG |
|==================+==================================+===========+=======================|
|  0    1   0   0  |              38MiB / 47488MiB    | 60      0 |  3   0    3    0    3 |
|                  |                 0MiB / 65535MiB  |           |                       |
+------------------+----------------------------------+-----------+-----------------------+
|  0   13   0   2  |              13MiB / 11008MiB    | 16      0 |  1   0    1    0    1 |
`;

/** What it says instead of an answer, with how it ends. */
export const FAILURES = {
  /** NVIDIA's forum, and many more; the second line is of newer drivers */
  mismatch: {
    code: 18,
    stdout: 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.173\n',
  },
  /** microsoft/WSL#3847 */
  silent: {
    code: 9,
    stdout:
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n",
  },
  notLoaded: { code: 9, stdout: 'Failed to initialize NVML: Driver Not Loaded\n' },
  none: { code: 6, stdout: 'No devices were found\n' },
  notAllowed: { code: 4, stdout: 'Failed to initialize NVML: Insufficient Permissions\n' },
  blocked: { code: 17, stdout: 'Failed to initialize NVML: GPU access blocked by the operating system\n' },
  offBus: {
    code: 15,
    stdout:
      'Unable to determine the device handle for GPU0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU\n',
  },
  unknown: { code: 255, stdout: 'Failed to initialize NVML: Unknown Error\n' },
} as const;

/** `/proc/driver/nvidia/version` of the closed module, of the open one (nix-community/nixGL#186), and built by Arch (#121). */
export const MODULES = {
  closed:
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n',
  open: 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  565.57.01  Release Build  (dvs-builder@U16-A24-9-2)  Thu Oct 10 12:15:00 UTC 2024\n',
  arch: 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  525.60.11  Release Build  (archlinux-builder@localhost)  \n',
  twoParts:
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  555.58  Release Build  (portage@localhost)  Sat Jun 29 14:36:22 2024\n',
};
