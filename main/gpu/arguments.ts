import { splitWords } from '../model/shell-words.ts';

/** An argument of vLLM by its long name; without a value it is a switch. */
export interface VllmArgument {
  readonly name: string;
  readonly value?: string;
}

/** The short names that are known here (vllm/engine/arg_utils.py). */
const SHORT: Readonly<Record<string, string>> = {
  '-tp': '--tensor-parallel-size',
  '-pp': '--pipeline-parallel-size',
  '-dp': '--data-parallel-size',
  '-q': '--quantization',
};

/**
 * The setting `vllm-arguments` as vLLM reads it: `--a b` and `--a=b` alike, underscores as dashes
 * (vllm/utils/argparse_utils.py `FlexibleArgumentParser`). Of a name that comes twice the last counts. Pure.
 */
export function argumentsOf(text: string): readonly VllmArgument[] {
  const found: VllmArgument[] = [];
  for (const word of splitWords(text) ?? []) {
    const last = found.at(-1);
    if (isName(word)) found.push(named(word));
    else if (last && last.value === undefined) found[found.length - 1] = { ...last, value: word };
  }
  return [...new Map(found.map((a) => [a.name, a])).values()];
}

/** A number may be less than zero. */
const isName = (word: string): boolean => /^-[^\d.]/.test(word);

function named(word: string): VllmArgument {
  const [, said = word, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  const name = SHORT[said] ?? said.replace(/^--[^.]*/, (long) => long.replaceAll('_', '-'));
  return value === undefined ? { name } : { name, value };
}

/** A word as it is written, with its quotes. */
const WRITTEN = /(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs;

/** The same text without an argument that has a value of one word, by whichever of its names. */
export function withoutArgument(text: string, name: string): string {
  const written = text.match(WRITTEN) ?? [];
  const words = written.map((word) => splitWords(word)?.[0] ?? word);
  const left = written.filter((_, i) => {
    const [word = '', before] = [words[i], named(words[i - 1] ?? '')];
    const isValue = before.name === name && before.value === undefined && !isName(word);
    return named(word).name !== name && !isValue;
  });
  return left.length === written.length ? text : left.join(' ');
}
