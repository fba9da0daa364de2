import type { Engine } from '../docker/port.ts';
import { failure } from '../errors.ts';
import type { Ready } from './ready.ts';
import { askKeys } from './shared-keys.ts';
import type { ComposeCall } from './stack-types.ts';

/**
 * The same files and variables for the real CLI, with the bundle of every service. The secrets are settled before.
 * @throws Failure `stack.secrets-not-made` before the first `up`: the CLI would make the volumes without them, and
 * then no `up` of ours could ever make them; `stack.keys-not-given` before an `up` asked for them; `stack.secret-missing`, `secrets.*` as for an `up`
 */
export async function composeCall(engine: Engine, all: Ready): Promise<ComposeCall> {
  const { source, keeper, desired } = all;
  const project = desired.project.name;
  const names = desired.generate.flatMap((g) => g.names);
  if (names.length > 0) throw failure('stack.secrets-not-made', { project, names });
  const [asked] = askKeys(desired.keysToGive, desired.configFiles);
  if (asked) throw failure('stack.keys-not-given', { names: asked.subject, text: asked.text });
  await keeper?.fetch((source.block?.bundles ?? []).map((b) => b.service));
  return {
    args: [
      // a context brings its TLS material along
      ...(engine.endpoint.context === undefined
        ? ['--host', engine.endpoint.url]
        : ['--context', engine.endpoint.context]),
      'compose',
      '--project-name',
      project,
      '--project-directory',
      source.directory,
      ...source.files.flatMap((f) => ['--file', f]),
      ...source.envFiles.flatMap((f) => ['--env-file', f]),
      ...source.composeProfiles.flatMap((p) => ['--profile', p]),
    ],
    env: { ...source.variables, ...keeper?.bundles() },
  };
}
