/**
 * Splits a byte stream into lines. An engine's chunk may end within a line, and within a character.
 * Empty lines and the `\r` of `\r\n` are dropped; a last line without a line end is given out too.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const whole = rest.split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) {
      const text = line.replace(/\r$/, '');
      if (text !== '') yield text;
    }
  }
  rest = (rest + decoder.decode()).trim();
  if (rest !== '') yield rest;
}

/** The JSON objects of a stream of lines (pull, build, events). */
export async function* jsonLines<T>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  for await (const line of lines(chunks)) yield JSON.parse(line) as T;
}
