import type { ConnectApi } from '../contract.ts';
import type { CallInput, CallName, CallOutput, EngineFacts, SETUP_CALLS, SetupStack } from '../channels.ts';
import type { Core } from '../core-types.ts';
import type { Capabilities, Engine } from '../docker/port.ts';
import { failure } from '../errors.ts';
import { blockOrProblem, knownStacks, settingsOf, stackOfProject } from '../known-stacks.ts';
import { publishes } from '../publishes.ts';
import { secretValue } from '../secret-value.ts';
import type { Stack } from '../stack/stack-types.ts';
import { LABEL } from '../stack/labels.ts';
import { freeBytes } from '../system/disk.ts';
import type { Settings } from '../system/types.ts';
import { requireSound } from '../system/settings-watch.ts';
import { adopted } from './adopt-stack.ts';
import type { Live } from './live.ts';
import * as letta from './first-message.ts';
import * as appServer from './first-message-app-server.ts';
import type { ServerApi } from './server-api.ts';
import { entryOf } from './settings-calls.ts';
import { foundStacks, needsOf, withRecommended, type Found, type Machine } from './setup-stacks.ts';

interface SetupCallEdges {
  readonly core: Core;
  readonly live: Live;
}

type Name = keyof typeof SETUP_CALLS & CallName;

/** How a first agent is made and asked, by what the server speaks. */
const FIRST = { letta, 'app-server': appServer } satisfies Record<ConnectApi, unknown>;

/** Answers of the first setup. */
export function setupCalls({ core, live }: SetupCallEdges): {
  readonly [C in Name]: (input: CallInput<C>) => Promise<CallOutput<C>>;
} {
  const { settings } = core.edges;

  /** What a stack that needs a card gets here, and whether the model fits that is set for it. */
  async function onGpu(known: Stack, now: Settings): Promise<Pick<SetupStack, 'gpu' | 'model'>> {
    const [{ isListed }, { launchOf }, { modelFit }] = await Promise.all([
      import('../gpu/report.ts'),
      import('../gpu/launch.ts'),
      import('../gpu/model-fit.ts'),
    ]);
    const valueOf = settingsOf(known, now);
    const model = valueOf('model') ?? '';
    const report = await core.gpu({ launch: launchOf(valueOf), ...(isListed(model) && { model }) });
    const fit = report.offer.verdict === 'not' ? undefined : modelFit(report);
    return { gpu: report.offer, ...(fit && { model: fit }) };
  }

  return {
    engineFacts: async () => {
      const guide = await core.engineGuide();
      if (guide) {
        const startable = guide.product?.name;
        return { abilities: [], todo: [...guide.todo], ...(startable !== undefined && { startable }) };
      }
      const engine = await core.engine();
      return { machine: await machineOf(engine), abilities: abilitiesOf(engine.capabilities), todo: [] };
    },
    startEngine: async () => {
      await core.startEngine();
      live.again();
      return null;
    },
    setupStacks: async () => {
      const now = (await settings.read()).settings;
      const { bundled, others } = await knownStacks(core, now);
      const engine = await core.engine().catch(() => undefined);
      const machine = engine ? await roomOf(engine) : {};
      const found = engine ? await foundOn(engine) : [];
      const of = (project: string): Found | undefined => found.find((f) => f.project === project);
      const stacks = [...bundled, ...others];
      const needs = stacks.map((stack) => blockOrProblem(stack).block?.needs ?? {});
      const gpu = await Promise.all(
        stacks.map(async (stack, i) => (needs[i]?.gpu ? onGpu(stack, now) : undefined)),
      );
      const known = stacks.map((stack, i): SetupStack => {
        const its = of(stack.project);
        return {
          ...entryOf(stack, now),
          needs: needsOf(needs[i] ?? {}, machine),
          ...gpu[i],
          containers: its?.containers ?? 0,
          running: its?.running ?? 0,
          isForeign: false,
        };
      });
      const foreign = found.filter((f) => f.isLetta && known.every((k) => k.project !== f.project));
      return withRecommended([...known, ...foreign.map(foreignEntry)]);
    },
    adoptStack: async ({ project }) => {
      await requireSound(settings, undefined);
      const engine = await core.engine();
      const found = (await foundOn(engine)).find((f) => f.project === project);
      if (!found) throw failure('app.not-adopted', { project, reason: 'the engine has no container of it' });
      const made = await adopted(core, engine, found);
      await settings.update((before) => ({ ...before, stacks: { [project]: made, ...before.stacks } }));
      return null;
    },
    models: async ({ project }) => {
      const { first, server } = await serverOf(project);
      return first.modelsOf(server);
    },
    firstMessage: async ({ project, ...message }) => {
      const { first, server } = await serverOf(project);
      return first.firstMessage(server, message);
    },
  };

  /** The stack's own server, as it is published now. @throws Failure `app.not-published`, and what the store throws */
  async function serverOf(project: string) {
    const stack: Stack = await stackOfProject(core, project);
    const { connect, ...state } = await stack.status();
    if (connect?.test === undefined) throw failure('cli.no-url', { project });
    // the secret is for our own server, and not for whoever has its port while it does not run
    if (!publishes(state, connect.test)) throw failure('app.not-published', { project, url: connect.test });
    const server: ServerApi = {
      url: new URL(connect.test).origin,
      secret: await secretValue(core, stack, connect.secret),
    };
    return { first: FIRST[connect.api], server };
  }
}

const foundOn = async (engine: Engine): Promise<Found[]> =>
  foundStacks(await engine.containers.list({ label: [LABEL.project] }, { all: true }));

/** A stack that another program made. */
function foreignEntry({ project, files, containers, running }: Found): SetupStack {
  return {
    project,
    files: [...files],
    title: project,
    summary: `Made by docker compose${files.length > 0 ? ` from ${files.join(', ')}` : ''}.`,
    problems: [],
    needs: [],
    containers,
    running,
    isForeign: true,
  };
}

async function roomOf({ endpoint, info }: Engine): Promise<Machine> {
  return { memory: info.memory, disk: endpoint.local ? await freeBytes(info.rootDir) : undefined };
}

async function machineOf(engine: Engine): Promise<NonNullable<EngineFacts['machine']>> {
  const { name, os, arch, cpus, memory, rootDir: folder } = engine.info;
  const { disk: free } = await roomOf(engine);
  return { name, os, arch, cpus, memory, folder, ...(free !== undefined && { free }) };
}

/** What an engine can, in words of who uses it, and what is without it. */
export function abilitiesOf({ startInterval, hostPaths }: Capabilities): EngineFacts['abilities'] {
  return [
    {
      what: 'Sees within a second that a service is ready',
      isThere: startInterval,
      without: 'A start takes a few seconds longer: Docker 25 and newer can.',
    },
    {
      what: 'Sees the files of this computer',
      isThere: hostPaths,
      without: 'Profiles that work on a folder of yours cannot run there.',
    },
  ];
}
