// The lab's image cache: content-addressed blobs and one description per image.
//   store.mjs add STORE EXPORT   takes over the OCI layout that `docker save` (25 or newer) wrote into EXPORT;
//                                EXPORT/wanted names the images, a line each: tag, path of its description
//   store.mjs prune STORE        removes blobs that no description leads to
// A description: {"name":"docker.io/library/redis:7.4-alpine","mediaType":…,"digest":…,"size":…}, one line.
// Blobs come first and descriptions by rename, so an interrupted `add` leaves nothing half true.
import fs from 'node:fs';
import path from 'node:path';

const [command, store, exported] = process.argv.slice(2);
const blobs = path.join(store, 'blobs', 'sha256');
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const blobOf = (digest) => path.join(blobs, digest.replace('sha256:', ''));

/** The name under which the engine asks a registry for a tag: `redis:7` is `docker.io/library/redis:7`. */
function fullName(tag) {
  const first = tag.split('/')[0];
  if (!tag.includes('/')) return `docker.io/library/${tag}`;
  return /[.:]/.test(first) ? tag : `docker.io/${tag}`;
}

function add() {
  fs.mkdirSync(blobs, { recursive: true });
  const from = path.join(exported, 'blobs', 'sha256');
  for (const name of fs.readdirSync(from)) fs.renameSync(path.join(from, name), path.join(blobs, name));
  const manifests = read(path.join(exported, 'index.json')).manifests;
  for (const line of fs.readFileSync(path.join(exported, 'wanted'), 'utf8').trim().split('\n')) {
    const [tag, file] = line.split(' ');
    const name = fullName(tag);
    const manifest = manifests.find((m) => m.annotations?.['io.containerd.image.name'] === name);
    if (!manifest) throw new Error(`${tag} is not in ${exported}`);
    const { mediaType, digest, size } = manifest;
    fs.writeFileSync(`${file}.new`, `${JSON.stringify({ name, mediaType, digest, size })}\n`);
    fs.renameSync(`${file}.new`, file);
  }
}

function prune() {
  const used = new Set();
  for (const name of fs.readdirSync(store).filter((n) => n.endsWith('.json'))) {
    const { digest } = read(path.join(store, name));
    const manifest = read(blobOf(digest));
    for (const d of [digest, manifest.config.digest, ...manifest.layers.map((l) => l.digest)]) {
      used.add(path.basename(blobOf(d)));
    }
  }
  for (const name of fs.readdirSync(blobs)) if (!used.has(name)) fs.rmSync(path.join(blobs, name));
}

if (command === 'add') add();
else if (command === 'prune') prune();
else throw new Error('usage: store.mjs add STORE EXPORT | prune STORE');
