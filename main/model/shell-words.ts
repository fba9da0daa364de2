/**
 * A command line split into words, by the rules of the CLI: quotes and backslashes as in a shell, no
 * variables, nothing run, and an end at the first unquoted `;`, `&`, `|`, `<` or `>`.
 */

/** The words, or undefined when a quote, a bracket or a backslash is left open. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word = '';
  // whether a word has begun: quotes make even an empty one
  let begun = false;
  let escaped = false;
  const open = { single: false, double: false, back: false, dollar: false };
  const quoted = (): boolean => open.single || open.double || open.back || open.dollar;

  for (const character of line) {
    if (escaped) escaped = false;
    else if (character === '\\' && !open.single) {
      escaped = true;
      continue;
    } else if (/[ \t\r\n]/.test(character) && !quoted()) {
      if (begun) words.push(word);
      word = '';
      begun = false;
      continue;
    } else if (character === '"' && !open.single && !open.dollar) {
      begun ||= open.double;
      open.double = !open.double;
      continue;
    } else if (character === "'" && !open.double && !open.dollar) {
      begun ||= open.single;
      open.single = !open.single;
      continue;
    } else if (/[;&|<>]/.test(character) && !quoted()) {
      // the digit of a redirection such as `2>` belongs to it
      if (begun && !(character === '>' && /^\d/.test(word))) words.push(word);
      return words;
    } else if (character === '`' && !open.single && !open.double && !open.dollar) open.back = !open.back;
    else if (character === ')' && !open.single && !open.double && !open.back) open.dollar = !open.dollar;
    else if (character === '(' && !open.single && !open.double && !open.back) {
      // a bracket has a meaning only in `$(…)`
      if (open.dollar || !word.endsWith('$')) return undefined;
      open.dollar = true;
    }
    // a blank or a bracket alone does not begin a word
    if (!/[ \t\r\n(]/.test(character) || escaped) begun = true;
    word += character;
  }
  if (begun) words.push(word);
  return escaped || quoted() ? undefined : words;
}
