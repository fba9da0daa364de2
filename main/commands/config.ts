import { Failure, failure, say } from '../errors.ts';
import { configHash } from '../model/hash.ts';
import { formatJson, formatYaml } from '../model/print.ts';
import type { Project } from '../model/types.ts';
import type { RunCommand } from './command-types.ts';
import { stackOf } from './target.ts';
import { tellWarnings } from './tell.ts';
import { print } from './terminal.ts';

export const run: RunCommand = async (call, context) => {
  const stack = await stackOf(call, context);
  const { project, warnings } = await stack.load();
  tellWarnings(
    context,
    warnings.map((e) => say(e)),
  );
  const hash = call.text('hash');
  if (hash !== undefined) await print(context.terminal, hashes(project, hash));
  else if (context.json) await print(context.terminal, `${formatJson(project)}\n`);
  else await print(context.terminal, formatYaml(project));
  return 0;
};

/** `SERVICE HASH`, a line each, as `docker compose config --hash` prints them. */
function hashes(project: Project, wanted: string): string {
  const known = Object.keys(project.services).toSorted();
  const names = wanted === '*' ? known : wanted.split(',');
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length > 0) {
    throw new Failure(
      missing.flatMap((service) => failure('stack.no-such-service', { service, known }).errors),
    );
  }
  return names.map((name) => `${name} ${configHash(project, name)}\n`).join('');
}
