import { Failure, failure, say } from '../errors.ts';
import { configHash } from '../model/hash.ts';
import { formatJson, formatYaml } from '../model/print.ts';
import type { Project } from '../model/types.ts';
import type { Context, RunCommand } from './command-types.ts';
import type { HashesJson } from './json-shapes.ts';
import { stackOf } from './target.ts';
import { tellWarnings } from './tell.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const stack = await stackOf(call, context);
  const { project, warnings } = await stack.load();
  tellWarnings(
    context,
    warnings.map((e) => say(e)),
  );
  const hash = call.text('hash');
  if (hash !== undefined) await printHashes(context, hashes(project, hash));
  else if (context.json) await print(context.terminal, `${formatJson(project)}\n`);
  else await print(context.terminal, formatYaml(project));
  return 0;
};

type Hash = readonly [service: string, hash: string];

/** `SERVICE HASH`, a line each, as `docker compose config --hash` prints them. */
async function printHashes({ terminal, json }: Context, found: readonly Hash[]): Promise<void> {
  if (json) return printJson(terminal, Object.fromEntries(found) satisfies HashesJson);
  return print(terminal, found.map(([name, hash]) => `${name} ${hash}\n`).join(''));
}

/** Of one service, some (`a,b`), or all (`*`), by name. @throws Failure `stack.no-such-service` */
function hashes(project: Project, wanted: string): Hash[] {
  const known = Object.keys(project.services).toSorted();
  const names = wanted === '*' ? known : wanted.split(',');
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0) {
    throw new Failure(
      missing.flatMap((service) => failure('stack.no-such-service', { service, known }).errors),
    );
  }
  return names.map((name): Hash => [name, configHash(project, name)]);
}
