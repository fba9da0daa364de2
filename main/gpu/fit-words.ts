import type { Fit, FitSetting, FitVerdict, WeightFormat } from '../gpu-shape.ts';

/** Figures and sentences of a fit, for terminal and window alike. */

/** `14.96 GiB` as cards' memory is counted; below one, `512 MiB` */
export function gib(bytes: number): string {
  const value = bytes / 1024 ** 3;
  if (value < 0.995) return `${Math.round(value * 1024)} MiB`;
  return `${value.toFixed(value < 100 ? 1 : 0)} GiB`;
}

export const tokens = (count: number): string => count.toLocaleString('en-US');

/** Each verdict in a word or two. */
export const VERDICTS: Readonly<Record<FitVerdict, string>> = {
  fits: 'fits',
  settings: 'with other settings',
  shorter: 'with a shorter context',
  quantise: 'only quantised',
  'too-large': 'too large',
  unknown: 'no card to compare with',
};

const FORMATS: Readonly<Record<WeightFormat, string>> = {
  bf16: '16 bits each',
  fp8: '8 bits each (FP8)',
  int8: '8 bits each (INT8)',
  int4: '4 bits each (INT4)',
  nvfp4: '4 bits each (NVFP4)',
  mxfp4: 'experts in 4 bits (MXFP4)',
};
export const formatName = (format: WeightFormat): string => FORMATS[format];

/** `gpu-share to 0.80 and vllm-arguments to "…"` */
export const settingWords = (settings: readonly FitSetting[]): string =>
  settings
    .map(({ name, value }) => `${name} to ${/^[\w.]+$/.test(value) ? value : `"${value}"`}`)
    .join(' and ');

/** The verdict in words; `known` is the context that was asked for, or what the model knows of it. */
export function fitSentence(fit: Omit<Fit, 'sentence'>, known: number): string {
  const { cards, needed, context, longest, others } = fit;
  const need = `${gib(needed)} with a context of ${tokens(known)} tokens`;
  if (!cards || fit.verdict === 'unknown') {
    return `It needs about ${need}; no NVIDIA card whose memory is known is there to compare that with.`;
  }
  const where = cards.count > 1 ? `each of ${cards.count} × ${cards.name}` : cards.name;
  const [other] = others;
  const changed = fit.changes.length > 0 ? `, if you set ${settingWords(fit.changes)}` : '';
  const smaller = other ? ` As ${other.model} it fits with ${tokens(other.context)} tokens${changed}.` : '';
  if (fit.verdict === 'fits') {
    const more =
      longest !== undefined && longest > context ? `; up to ${tokens(longest)} tokens would fit` : '';
    return `It fits: ${need}, of ${gib(cards.usable)} that can be used of ${where}${more}.`;
  }
  if (fit.verdict === 'settings') {
    return `It fits with other settings: ${need}, of ${gib(cards.usable)} that can be used of ${where}${changed}.`;
  }
  if (fit.verdict === 'shorter') {
    return `It fits with a shorter context (max-length): ${tokens(longest ?? 0)} tokens instead of ${tokens(context)}, in ${gib(cards.usable)} that can be used of ${where}${changed}.${other?.context === context ? smaller : ''}`;
  }
  const tooMuch = `it needs ${need}, and ${gib(cards.usable)} can be used of ${where}`;
  if (fit.verdict === 'quantise') return `It does not fit as it is: ${tooMuch}.${smaller}`;
  return `It does not fit: ${tooMuch}.`;
}
