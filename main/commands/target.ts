import { resolve } from 'node:path';
import { type AppError, appError, failure } from '../errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Stack, StackRef } from '../stack/stack-types.ts';
import type { Call, Context } from './command-types.ts';

/**
 * Which stack the command line means.
 * @throws Failure `model.bad-project-name` for an empty `--project`: commands that read no file take it as it is
 */
export function refOf(call: Call, cwd: string): StackRef {
  const absolute = (paths: readonly string[]): string[] => paths.map((p) => resolve(cwd, p));
  const [files, envFiles, composeProfiles] = [call.list('file'), call.list('env-file'), call.list('profile')];
  const project = call.text('project');
  if (project === '') throw failure('model.bad-project-name', { file: '', name: project });
  return {
    ...(call.profile !== undefined && { profile: call.profile }),
    ...(files.length > 0 && { files: absolute(files) }),
    ...(envFiles.length > 0 && { envFiles: absolute(envFiles) }),
    ...(project !== undefined && { project }),
    ...(composeProfiles.length > 0 && { composeProfiles }),
    directory: cwd,
  };
}

/** Whether the command line says which stack; otherwise it is the current one. */
export const namesStack = (call: Call): boolean =>
  call.profile !== undefined || call.list('file').length > 0 || call.text('project') !== undefined;

/**
 * The words by which the command line says which stack and how its files are read, to be used again in another one;
 * undefined when there are none.
 */
export function wordsForStack(call: Call): string | undefined {
  const option = (name: string, value: string): string => `${name} ${quoted(value)}`;
  const project = call.text('project');
  const words = [
    ...(call.profile === undefined ? [] : [call.profile]),
    ...call.list('file').map((file) => option('--file', file)),
    ...(project === undefined ? [] : [option('--project', project)]),
    ...call.list('env-file').map((file) => option('--env-file', file)),
    ...call.list('profile').map((name) => option('--profile', name)),
  ];
  return words.length === 0 ? undefined : words.join(' ');
}

/** As a shell takes it for one word. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The stack that the command line means. */
export async function stackOf(call: Call, context: Context): Promise<Stack> {
  const core = await context.core();
  return core.stack(refOf(call, context.terminal.cwd));
}

/** How to name this stack in a command that the user can type: `production`, or `--project mine`. */
export const nameFor = (stack: { readonly profile?: string | undefined; readonly project: string }): string =>
  stack.profile ?? `--project ${stack.project}`;

/**
 * Says more of errors about the first word behind the command, which may be meant as a profile or as a service: names
 * both, where the core knows of one.
 */
export function explain(
  errors: readonly AppError[],
  call: Call,
  profiles: () => readonly string[],
): readonly AppError[] {
  const name = call.values[0];
  if (name === undefined || namesStack(call) || call.command.arguments[0]?.kind !== 'service') return errors;
  return errors.map((error) => {
    if (error.code === 'stack.no-stack')
      return appError('stack.no-such-profile', { id: name, known: profiles() });
    if (error.code !== 'stack.no-such-service' || error.data['service'] !== name) return error;
    const services = Array.isArray(error.data['known']) ? error.data['known'].map(String) : [];
    const near = nearest(name, [...profiles(), ...services]);
    return appError('cli.neither', { name, profiles: profiles(), services, near });
  });
}
