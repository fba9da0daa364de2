import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppSnapshot } from '../../main/channels.ts';
import type { Core } from '../../main/core-types.ts';
import type { Live } from '../../main/desktop/live.ts';
import { agreementOf, Operations } from '../../main/desktop/operations.ts';
import { removeStack } from '../../main/desktop/remove-stack.ts';
import { switchStack, withCurrent } from '../../main/desktop/switch-stack.ts';
import { Failure, failure } from '../../main/errors.ts';
import { knownStacks, stackOfProject } from '../../main/known-stacks.ts';
import { emptyPlan } from '../../main/stack/plan-down.ts';
import type { Plan, Step } from '../../main/stack/plan-types.ts';
import type { OperationIo, Stack } from '../../main/stack/stack-types.ts';
import type { Settings } from '../../main/system/types.ts';
import { coreHome } from './helpers/core.ts';

const LIGHT = join(import.meta.dirname, '../fixtures/light-stack');

describe('the stacks that can be named', () => {
  const home = (): ReturnType<typeof coreHome> => {
    const made = coreHome();
    cpSync(LIGHT, join(made.profiles, 'light'), { recursive: true });
    return made;
  };

  it('are those of the bundled profiles by their own names, and the others that the settings know', async () => {
    const core = home().core();
    const files = [join(LIGHT, 'compose.yaml')];
    const { settings } = await core.edges.settings.update((s) => ({
      ...s,
      stacks: {
        'letta-light': { profile: 'light', variables: {} },
        mine: { files, variables: {} },
        gone: { files: ['/nowhere/compose.yaml'], variables: {} },
      },
    }));
    const { bundled, others } = await knownStacks(core, settings);
    expect([bundled.map((s) => s.project), others.map((s) => s.project)]).toEqual([
      ['letta-light'],
      ['mine', 'gone'],
    ]);
    expect((await stackOfProject(core, 'mine')).block?.title).toBe('Light stack');
  });

  it('one that the settings have by a bundled name is theirs; one that nobody knows is refused', async () => {
    const made = home();
    const file = join(made.folder, 'own', 'compose.yaml');
    mkdirSync(join(made.folder, 'own'));
    writeFileSync(file, 'name: letta-light\nservices: { a: { image: "a:1" } }\n');
    const core = made.core();
    expect((await stackOfProject(core, 'letta-light')).profile).toBe('light');
    await core.edges.settings.update((s) => ({
      ...s,
      stacks: { 'letta-light': { files: [file], variables: {} } },
    }));
    expect((await stackOfProject(core, 'letta-light')).profile).toBeUndefined();
    for (const nobody of ['nobody', 'constructor', '__proto__'])
      await expect(stackOfProject(core, nobody)).rejects.toMatchObject({
        errors: [{ code: 'stack.not-applied' }],
      });
  });
});

const stop: Step = {
  id: 's',
  kind: 'stop',
  after: [],
  cause: '',
  container: { service: 'a', number: 1, name: 'a' },
};
const volume = (name: string): Step => ({ id: name, kind: 'removeVolume', after: [], cause: '', name });
const removalPlan = (...steps: Step[]): Plan => ({
  ...emptyPlan('a', 'remove', steps),
  confirmations: [
    {
      kind: 'remove-stack',
      subject: 'a',
      text: steps.flatMap((s) => (s.kind === 'stop' ? [] : [s.id])).join(),
    },
  ],
});

/** Two stacks, a and b, whose operations do what a test says, and an app that shows what it is told. */
class Rig {
  settings: Settings = { version: 1, current: 'a', stacks: { a: { files: ['/a.yaml'], variables: {} } } };
  readonly did: string[] = [];
  readonly failures: unknown[] = [];
  stop = (): Promise<void> => Promise.resolve();
  up = (): Promise<void> => Promise.resolve();
  /** what a rehearsal of the other finds */
  rehearse: Stack['rehearse'] = () => Promise.resolve();
  ended: unknown;
  readonly removalNow = removalPlan(volume('v'));
  /** the plans for which `remove` asks the user's word, in turn */
  asks: Plan[] = [];
  readonly core = {
    edges: {
      home: '/home',
      settings: {
        read: () => Promise.resolve({ settings: this.settings }),
        update: (change: (s: Settings) => Settings) => {
          this.settings = change(this.settings);
          return Promise.resolve({ settings: this.settings });
        },
      },
    },
    profiles: () => Promise.resolve([{ id: 'b' }]),
    stack: ({ project, profile }: { project?: string; profile?: string }) =>
      Promise.resolve(this.#stack(project ?? profile ?? '')),
  } as unknown as Core;
  readonly live = {
    snapshot: { current: 'a', stacks: [] } as unknown as AppSnapshot,
    show: ({ project }: Stack) => this.did.push(`show ${project}`),
    operation: (o: { kind: string; project: string } | undefined) => {
      if (o) this.did.push(`busy: ${o.kind} ${o.project}`);
    },
    failed: (f: { kind: string; errors: { code: string }[] } | undefined) => {
      if (f) this.failures.push([f.kind, ...f.errors.map((e) => e.code)]);
    },
    ended: (ended: { outcome: string }) => {
      this.ended = ended;
      this.did.push(ended.outcome);
    },
  } as unknown as Live;
  readonly operations = new Operations(this.live, () => {});
  readonly report = (error: unknown): void => void this.failures.push(error);

  #stack(project: string): Stack {
    return {
      project,
      ...(project === 'b' && { profile: 'b' }),
      stop: async () => {
        await this.stop();
        this.did.push(`stop ${project}`);
      },
      up: async () => {
        await this.up();
        this.did.push(`up ${project}`);
      },
      rehearse: (leaving: string, agreed: (plan: Plan) => boolean) => this.rehearse(leaving, agreed),
      status: () => Promise.resolve({ services: [{ name: 's', status: 'healthy' }] }),
      block: { title: `Title of ${project}` },
      removal: () => Promise.resolve({ plan: this.removalNow }),
      remove: async (io: OperationIo) => {
        for (const [i, plan] of this.asks.entries()) {
          if (i === 0) io.onPlan?.(plan);
          if (!(await io.confirm(plan.confirmations)))
            throw failure('stack.confirmation-needed', { texts: [] });
        }
        this.did.push(`removed ${project}`);
      },
    } as unknown as Stack;
  }

  async settled(): Promise<void> {
    await expect.poll(() => this.operations.running).toBeUndefined();
  }
}

const SWITCH = { from: 'a', to: 'b', isStarted: true };

describe('a switch to another stack', () => {
  it('stops the one, chooses the other and starts it, as one course', async () => {
    const rig = new Rig();
    await switchStack(rig, SWITCH);
    await rig.settled();
    expect(rig.did).toEqual(['busy: stop a', 'stop a', 'busy: up b', 'show b', 'up b', 'done']);
    expect([rig.settings.current, rig.settings.stacks['b'], rig.failures]).toEqual([
      'b',
      { profile: 'b', variables: {} },
      [],
    ]);
  });

  it('stops nothing where it is known that the other cannot start', async () => {
    const rig = new Rig();
    rig.rehearse = () => Promise.reject(failure('secrets.locked', { reason: 'dismissed' }));
    await expect(switchStack(rig, SWITCH)).rejects.toMatchObject({ errors: [{ code: 'secrets.locked' }] });
    expect([rig.did, rig.settings.current]).toEqual([[], 'a']);
  });

  it('rehearses with the word that was given for the plan that was shown', async () => {
    const rig = new Rig();
    const shown = removalPlan(volume('v'));
    const seen: unknown[] = [];
    rig.rehearse = (leaving, agreed) => {
      seen.push(leaving, agreed(shown), agreed(removalPlan(volume('w'))));
      return Promise.resolve();
    };
    await switchStack(rig, { ...SWITCH, agreement: agreementOf(shown) });
    await rig.settled();
    expect(seen).toEqual(['a', true, false]);
  });

  it('says what was stopped where the other then does not start', async () => {
    const rig = new Rig();
    rig.up = () => Promise.reject(failure('stack.busy', { project: 'b', operation: 'up', pid: 1 }));
    await switchStack(rig, SWITCH);
    await rig.settled();
    expect(rig.ended).toMatchObject({
      project: 'b',
      outcome: 'failed',
      stopped: { project: 'a', title: 'Title of a' },
    });
    rig.up = () => Promise.resolve();
    await switchStack(rig, SWITCH);
    await rig.settled();
    expect(rig.ended).not.toHaveProperty('stopped');
  });

  it('stays where the one cannot be stopped', async () => {
    const rig = new Rig();
    rig.stop = () => Promise.reject(failure('stack.busy', { project: 'a', operation: 'up', pid: 1 }));
    await switchStack(rig, SWITCH);
    await rig.settled();
    expect([rig.settings.current, rig.failures]).toEqual(['a', [['stop', 'stack.busy']]]);
    expect(rig.did).not.toContain('show b');
  });

  it('only shows the other where nothing is to be started', async () => {
    const rig = new Rig();
    await switchStack(rig, { ...SWITCH, isStarted: false });
    expect([rig.did, rig.settings.current]).toEqual([['show b'], 'b']);
  });

  it('is refused while something else is done', async () => {
    const rig = new Rig();
    const held = Promise.withResolvers<void>();
    rig.stop = () => held.promise;
    await switchStack(rig, SWITCH);
    await expect(switchStack(rig, SWITCH)).rejects.toBeInstanceOf(Failure);
    held.resolve();
    await rig.settled();
  });

  it('keeps the settings that the other has already', () => {
    const settings = { version: 1, stacks: { b: { profile: 'b', variables: { PORT: '1' } } } };
    expect(withCurrent(settings, 'b', { profile: 'b' })).toEqual({ ...settings, current: 'b' });
  });
});

describe('a removal that the window asks for', () => {
  const REQUEST = { project: 'a', typed: 'a', agreement: agreementOf(removalPlan(volume('v'))) };

  it('is done for the typed name and the list that was shown', async () => {
    const rig = new Rig();
    // whether something must be stopped first is not what was agreed to
    rig.asks = [removalPlan(stop, volume('v'))];
    await removeStack(rig, REQUEST);
    await rig.settled();
    expect([rig.did, rig.failures]).toEqual([['busy: remove a', 'removed a', 'done'], []]);
  });

  it.each([
    ['another word', { typed: 'A' }, 'stack.removal-not-confirmed'],
    ['no word', { typed: '' }, 'stack.removal-not-confirmed'],
    ['another list', { agreement: 'of before' }, 'stack.removal-changed'],
  ])('is refused at once for %s', async (_, change, code) => {
    const rig = new Rig();
    await expect(removeStack(rig, { ...REQUEST, ...change })).rejects.toMatchObject({ errors: [{ code }] });
    expect(rig.did).toEqual([]);
  });

  it.each<[string, Plan[]]>([
    ['when it is begun', [removalPlan(volume('v'), volume('w'))]],
    ['while it is done', [removalPlan(volume('v')), removalPlan(volume('w'))]],
  ])('removes nothing that came to be %s', async (_, asks) => {
    const rig = new Rig();
    rig.asks = asks;
    await removeStack(rig, REQUEST);
    await rig.settled();
    expect(rig.failures).toEqual([['remove', 'stack.removal-changed']]);
    expect(rig.did).not.toContain('removed a');
  });
});
