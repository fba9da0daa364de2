/** Looks for words where a secret must not be: in everything of a stack that others may read, and in our own files. */
import { randomInt } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine, EngineEvent } from '../../../main/docker/port.ts';
import { LABEL } from '../../../main/stack/labels.ts';
import { TEST_IMAGE } from '../real-engine.ts';
import { inspectAll } from './objects.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A word that is nowhere else: as a generated secret, and 32 letters are never in a file by accident. */
export const canary = (): string =>
  Array.from({ length: 32 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

export interface ScanEdges {
  readonly engine: Engine;
  readonly project: string;
  /** LETTA_STACK_HOME */
  readonly home: string;
  readonly events: readonly EngineEvent[];
  /** what was printed, by where */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Where each word was found; none is there for a word that was found nowhere. */
export async function scan(
  edges: ScanEdges,
  words: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const places = { ...(await textsOf(edges)), ...edges.texts };
  const inFiles = await inVolumes(edges, words);
  return Object.fromEntries(
    Object.entries(words).map(([name, word]) => [
      name,
      [...Object.keys(places).filter((place) => places[place]!.includes(word)), ...(inFiles[name] ?? [])],
    ]),
  );
}

/** Events from now until the returned function is called. */
export function collectEvents(engine: Engine): () => readonly EngineEvent[] {
  const seen: EngineEvent[] = [];
  const end = new AbortController();
  const reading = (async () => {
    for await (const item of engine.events({}, end.signal)) if (item.kind === 'event') seen.push(item.event);
  })();
  reading.catch(() => {}); // ends when it is aborted
  return () => {
    end.abort();
    return seen;
  };
}

async function textsOf({ engine, project, home, events }: ScanEdges): Promise<Record<string, string>> {
  const label = { label: [`${LABEL.project}=${project}`] };
  const containers = await inspectAll(engine, project);
  const texts: Record<string, string> = {
    events: JSON.stringify(events),
    networks: JSON.stringify(await engine.networks.list(label)),
    volumes: JSON.stringify(await engine.volumes.list(label)),
    'command lines': commandLines(),
  };
  for (const c of containers) {
    texts[`inspect ${c.Name}`] = JSON.stringify(c);
    texts[`image of ${c.Name}`] = JSON.stringify(await engine.images.inspect(c.Config.Image));
    texts[`log ${c.Name}`] = await logOf(engine, c.Id);
  }
  for (const file of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
    const full = path.join(home, file);
    // a link of Chromium's leads nowhere
    if (lstatSync(full).isFile()) texts[`file ${file}`] = `${file}\n${readFileSync(full, 'latin1')}`;
  }
  return texts;
}

async function logOf(engine: Engine, id: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const { data } of engine.containers.logs(id, { tail: 'all' })) chunks.push(data);
  return Buffer.concat(chunks).toString('latin1');
}

/** Command lines of every process of this machine: the lab's containers are among them. */
function commandLines(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return ''; // it ended meanwhile
      }
    })
    .join('\n');
}

/** Files of the project's volumes that hold a word, by the word's name. */
async function inVolumes(
  { engine, project }: ScanEdges,
  words: Readonly<Record<string, string>>,
): Promise<Record<string, string[]>> {
  const volumes = await engine.volumes.list({ label: [`${LABEL.project}=${project}`] });
  const { Id } = await engine.containers.create(`${project}-scan`, {
    Image: TEST_IMAGE,
    Entrypoint: ['sleep', 'infinity'],
    // goes with the box if the test does not come to its end
    Labels: { [LABEL.project]: `${project}-scan` },
    HostConfig: {
      Init: true,
      Binds: volumes.map((v) => `${v.Name}:/volumes/${v.Name}:ro`),
      NetworkMode: 'none',
    },
    NetworkingConfig: { EndpointsConfig: {} },
  });
  try {
    await engine.containers.start(Id);
    const found: Record<string, string[]> = {};
    for (const [name, word] of Object.entries(words)) {
      const result = await engine.containers.exec(Id, {
        cmd: ['grep', '-rlaF', '-f', '-', '/volumes'],
        stdin: `${word}\n`,
      });
      if (result.exitCode > 1) throw new Error(result.stderr);
      found[name] = result.stdout.split('\n').filter(Boolean);
    }
    return found;
  } finally {
    await engine.containers.remove(Id, { force: true, volumes: true });
  }
}
