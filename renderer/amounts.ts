/** Processor time as a share of one core: `2.1 %`, `212 %` for two and more. */
export function coresText(cores: number): string {
  const percent = Math.max(0, cores * 100);
  return `${percent < 99.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}
