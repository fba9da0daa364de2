import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
const LINE = '='.repeat(80);
const HEAD = `Letta Stack contains these libraries, under these licences. Those of Electron and Chromium lie beside the program, in
LICENSE.electron.txt and LICENSES.chromium.html.
`;

/** Shipped as they are, beside what the builds bundle. */
const NOT_BUNDLED = ['@napi-rs/keyring'];

/**
 * The licences of everything in a package that others wrote, by what the last build bundled.
 * @throws Error for a library that names no licence, or comes without its text
 */
export function thirdPartyLicenses() {
  const bundled = ['out/main', 'out/renderer'].flatMap((folder) =>
    JSON.parse(readFileSync(path.join(ROOT, folder, 'licenses.json'), 'utf8')),
  );
  const all = [...bundled, ...NOT_BUNDLED.map(installed)];
  const byName = new Map(all.map((entry) => [`${entry.name} ${entry.version}`, entry]));
  const parts = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => part(key, entry));
  return [HEAD, ...parts].join('\n');
}

function part(key, { name, identifier, text = WITHOUT_TEXT[identifier]?.(name) }) {
  if (!identifier || !text) throw new Error(`the licence of ${key} is not known, or its text is missing`);
  return `${LINE}\n${key} (${identifier})\n${LINE}\n\n${text}\n`;
}

/** For a library that names its licence and comes without the text: that of https://spdx.org/licenses/. */
const WITHOUT_TEXT = {
  ISC: (name) => `Copyright (c) ${authorOf(name)}

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`,
};

const packageOf = (name) =>
  JSON.parse(readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));

function authorOf(name) {
  const { author } = packageOf(name);
  return typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`);
}

function installed(name) {
  const folder = path.join(ROOT, 'node_modules', name);
  const { version, license } = packageOf(name);
  const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
  return {
    name,
    version,
    identifier: license,
    text: file && readFileSync(path.join(folder, file), 'utf8').trim(),
  };
}
