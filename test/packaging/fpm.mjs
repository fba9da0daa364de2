#!/usr/bin/env node
// Stand-in for fpm where electron-builder's download of it does not answer (CUSTOM_FPM_PATH): takes the arguments that
// electron-builder gives it and builds a deb with dpkg-deb. Good for tests and never used for what is shipped.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const FLAGS = new Set(['--force', '--debug']);
const COMPRESSIONS = { none: 'none', gz: 'gzip', xz: 'xz', zst: 'zstd' };

/** fpm's options, and what it puts where: [source, target] */
function parse(argv) {
  const options = {};
  const maps = [];
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i];
    if (FLAGS.has(arg)) continue;
    if (arg.startsWith('-')) (options[arg] ??= []).push(argv[++i]);
    else {
      const at = arg.lastIndexOf('=/');
      maps.push([arg.slice(0, at), arg.slice(at + 1)]);
    }
  }
  return { options, maps };
}

function copy(root, [source, target]) {
  const to = path.join(root, target);
  // a source with a slash at its end is the content of a folder
  const isContent = source.endsWith('/');
  fs.mkdirSync(isContent ? to : path.dirname(to), { recursive: true });
  execFileSync('cp', ['-a', '--no-preserve=ownership', isContent ? `${source}.` : source, to]);
}

function filesOf(root) {
  const found = execFileSync('find', ['.', '-type', 'f', '-printf', '%P\\0'], {
    cwd: root,
    encoding: 'utf8',
  });
  return found.split('\0').filter(Boolean).toSorted();
}

/** The control file (Debian Policy, 5.3). */
function control(one, all, bytes) {
  const [synopsis = '', ...rest] = one('--description').trim().split('\n');
  const fields = {
    Package: one('--name'),
    Version: [one('--version'), one('--iteration')].filter(Boolean).join('-'),
    License: one('--license'),
    Vendor: one('--vendor'),
    Architecture: one('--architecture'),
    Maintainer: one('--maintainer'),
    'Installed-Size': String(Math.ceil(bytes / 1024)),
    Depends: all('-d').join(', '),
    Recommends: all('--deb-recommends').join(', '),
    Section: one('--category') ?? 'default',
    Priority: one('--deb-priority') ?? 'optional',
    Homepage: one('--url'),
    Description: [synopsis.trim(), ...rest.map((line) => ` ${line.trim() || '.'}`)].join('\n'),
  };
  const lines = Object.entries(fields).filter(([, value]) => value);
  return lines.map(([name, value]) => `${name}: ${value}\n`).join('');
}

function build({ options, maps }, work) {
  const all = (name) => options[name] ?? [];
  const one = (name) => all(name).at(-1);
  if (one('-t') !== 'deb') throw new Error(`the stand-in for fpm builds a deb, not ${one('-t')}`);
  const compression = COMPRESSIONS[one('--deb-compression') ?? 'xz'];
  if (!compression) throw new Error(`no such compression: ${one('--deb-compression')}`);

  const root = path.join(work, 'root');
  fs.mkdirSync(root);
  for (const map of maps) copy(root, map);
  execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', root]);
  const files = filesOf(root);
  const bytes = files.reduce((sum, file) => sum + fs.statSync(path.join(root, file)).size, 0);
  const sums = execFileSync('xargs', ['-0', 'md5sum'], { cwd: root, input: files.join('\0') });

  const debian = path.join(root, 'DEBIAN');
  fs.mkdirSync(debian);
  fs.writeFileSync(path.join(debian, 'control'), control(one, all, bytes));
  fs.writeFileSync(path.join(debian, 'md5sums'), sums);
  for (const [name, option] of Object.entries({ postinst: '--after-install', postrm: '--after-remove' })) {
    fs.writeFileSync(path.join(debian, name), fs.readFileSync(one(option)), { mode: 0o755 });
  }
  fs.rmSync(one('--package'), { force: true });
  const args = ['--root-owner-group', `-Z${compression}`, '--build', root, one('--package')];
  execFileSync('dpkg-deb', args, { stdio: 'inherit' });
}

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'letta-stack-fpm-'));
try {
  build(parse(process.argv.slice(2)), work);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
