import { expect, test } from 'vitest';
import { buildKitLines } from '../../main/docker/buildkit-needed.ts';
import { readDockerfile } from '../../main/docker/dockerfile.ts';

const found = (text: string): readonly [number, string][] => buildKitLines(text).map((x) => [x.line, x.why]);

test.each<[string, [number, string][]]>([
  ['FROM a\nRUN --mount=type=cache,target=/x true', [[2, 'RUN --mount']]],
  ['FROM a\nRUN --network=none --mount=type=tmpfs true', [[2, 'RUN --network']]],
  [
    'FROM a\nrun \\\n  # a comment in between\n  --mount=type=cache,target=/x \\\n  true',
    [[2, 'RUN --mount']],
  ],
  ['FROM a\nCOPY --chmod=755 a b', [[2, 'COPY --chmod']]],
  ['FROM a\nCOPY --from=x --link a b', [[2, 'COPY --link']]],
  ['FROM a\nCOPY --parents a b', [[2, 'COPY --parents']]],
  ['FROM a\nADD --checksum=sha256:0 https://x/y z', [[2, 'ADD --checksum']]],
  ['FROM a\nADD https://x/y.git#main z', [[2, 'ADD of a git repository']]],
  [
    'FROM a\nRUN <<EOF\nRUN --mount=x\nEOF\nRUN --device=x y',
    [
      [2, 'a here-document'],
      [5, 'RUN --device'],
    ],
  ],
  ["FROM a\nCOPY <<'EOF' /f\nx\nEOF", [[2, 'a here-document']]],
  ['FROM a\nRUN cat <<-END > /f && ls\n\tx\n\tEND', [[2, 'a here-document']]],
  ['FROM a\nONBUILD RUN --mount=type=cache,target=/x true', [[2, 'RUN --mount']]],
  ['# syntax=docker/dockerfile:1\nFROM a', [[1, 'a # syntax line']]],
  ['# escape=`\n#syntax = x\nFROM a', [[2, 'a # syntax line']]],
  ['FROM --platform=$BUILDPLATFORM a', [[1, 'FROM --platform=$BUILDPLATFORM']]],
  ['FROM a\nARG TARGETARCH\nRUN x', [[2, 'ARG TARGETARCH']]],
])('%j needs BuildKit', (text, lines) => {
  expect(found(text)).toEqual(lines);
});

test.each([
  'FROM a\nRUN echo hi',
  'FROM a AS b\nCOPY --from=b --chown=1:1 x y\nADD https://x/y.tar.gz /z',
  'ARG P=linux/amd64\nFROM --platform=$P a',
  'ARG BUILDPLATFORM=linux/amd64\nFROM --platform=$BUILDPLATFORM a',
  'FROM --platform=linux/arm64 a',
  'FROM a\n# syntax=docker/dockerfile:1 stands too late',
  '# a comment\n# syntax=docker/dockerfile:1\nFROM a',
  'FROM a\nRUN echo "a <<EOF b"',
  'FROM a\nRUN cat <<< x; echo $((1<<2))',
  'FROM a\nRUN ["sh", "-c", "cat <<EOF"]',
  'FROM a\nHEALTHCHECK --start-interval=1s CMD true\nRUN echo --mount=x',
])('%j does not', (text) => {
  expect(found(text)).toEqual([]);
});

test('instructions carry their first line, continuations joined, with the escape character of the file', () => {
  expect(readDockerfile('# escape=`\r\n\r\nFROM a\r\nRUN one `\r\n  two\r\n').instructions).toEqual([
    { line: 3, name: 'FROM', rest: 'a', heredocs: [] },
    { line: 4, name: 'RUN', rest: 'one   two', heredocs: [] },
  ]);
});
