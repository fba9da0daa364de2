import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runWell } from './commands.ts';

/** The source of the server as PyPI has it, under a Dockerfile of the lab's own (test/lab/images/letta-source). */
const IMAGE = 'lab/letta-source:0.16.8';
const HEALTH = 'letta/server/rest_api/routers/v1/health.py';

/** Makes a checkout of Letta's source in a new folder. */
export async function makeCheckout(folder: string): Promise<string> {
  mkdirSync(folder);
  await copyFromSource('/source/.', folder);
  return folder;
}

/** The Dockerfile that upstream's source came with. Its build downloads from hosts that tests do not reach. */
export async function upstreamDockerfile(folder: string): Promise<string> {
  const file = path.join(folder, 'upstream.Dockerfile');
  await copyFromSource('/upstream.Dockerfile', file);
  return readFileSync(file, 'utf8');
}

async function copyFromSource(from: string, to: string): Promise<void> {
  const name = `checkout-${path.basename(path.dirname(to))}`;
  await runWell('docker', ['create', '--name', name, IMAGE]);
  try {
    await runWell('docker', ['cp', '--quiet', `${name}:${from}`, to]);
  } finally {
    await runWell('docker', ['rm', name]);
  }
}

/** Edits the source as a developer does: from then on the server calls its health by another word. */
export function editHealth(checkout: string, word: string): void {
  const file = path.join(checkout, HEALTH);
  const before = readFileSync(file, 'utf8');
  const after = before.replace(/status="[^"]*"/, `status="${word}"`);
  if (after === before) throw new Error(`${HEALTH} has no status to change`);
  writeFileSync(file, after);
}

/** The word by which the server on this port calls its health; why there is none. */
export async function healthOf(port: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/health/`, { signal: AbortSignal.timeout(5_000) });
    return ((await answer.json()) as { status: string }).status;
  } catch (error) {
    return String(error);
  }
}
