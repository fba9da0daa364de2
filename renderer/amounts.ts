const MEGABYTE = 1e6;
const GIGABYTE = 1e9;

/** Processor time as a share of one core: `2.1 %`, `212 %` for two and more. */
export function coresText(cores: number): string {
  const percent = Math.max(0, cores * 100);
  return `${percent < 99.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Bytes as `0.4 MB`, `412 MB`, `1.2 GB`. */
export function memoryText(bytes: number): string {
  if (bytes >= 999.5 * MEGABYTE) return `${(bytes / GIGABYTE).toFixed(1)} GB`;
  const megabytes = Math.max(0, bytes / MEGABYTE);
  return `${megabytes < 0.95 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}
