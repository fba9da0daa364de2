import type { Engine } from '../../../main/docker/port.ts';
import { LABEL } from '../../../main/stack/labels.ts';
import { freePort } from './core-box.ts';
import { gateway } from './fake-provider.ts';

/** The lab's stand-in for the Hugging Face hub (test/lab/images/fake-hub), which the real huggingface_hub asks. */
const IMAGE = 'lab/fake-hub:1';

/** Faults that can be set; each replaces its former value. */
export interface HubFaults {
  /** bytes a second of each transfer; 0: as fast as can be */
  readonly rate?: number;
  /** how many transfers of weights end after a third */
  readonly cut?: number;
  /** how many transfers of weights have a wrong byte */
  readonly damage?: number;
  /** answers 503 to all */
  readonly down?: boolean;
}

/** One transfer of weights: where it began, and the bytes that were sent. */
export interface Transfer {
  readonly file: string;
  readonly from: number;
  readonly sent: number;
}

export interface Hub {
  /** the address under which a service finds it */
  readonly url: string;
  set(faults: HubFaults): Promise<void>;
  transfers(): Promise<readonly Transfer[]>;
}

/** Starts the hub on the engine's machine; it goes with its box. It knows the one token. */
export async function startHub(
  engine: Engine,
  { name, token }: { readonly name: string; readonly token: string },
): Promise<Hub> {
  const [port, address] = [await freePort(), await gateway(engine)];
  const { Id } = await engine.containers.create(name, {
    Image: IMAGE,
    Env: [`FAKE_TOKEN=${token}`],
    Labels: { [LABEL.project]: name },
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { PortBindings: { '80/tcp': [{ HostIp: address, HostPort: String(port) }] } },
    NetworkingConfig: { EndpointsConfig: {} },
  });
  await engine.containers.start(Id);
  const control = `http://${address}:${port}/_lab`;
  return {
    url: `http://host.docker.internal:${port}`,
    set: async (faults) => {
      const answer = await fetch(control, { method: 'POST', body: JSON.stringify(faults) });
      if (!answer.ok) throw new Error(`the hub answered ${answer.status}`);
    },
    transfers: async () => ((await (await fetch(control)).json()) as { transfers: Transfer[] }).transfers,
  };
}
