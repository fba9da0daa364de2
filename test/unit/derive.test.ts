import { describe, expect, it } from 'vitest';
import type { ServiceStatus, StackStatus } from '../../main/contract.ts';
import {
  causeOf,
  containerStatus,
  serviceStates,
  stackStatus,
  withoutSentence,
  type ServiceFacts,
} from '../../main/stack/derive.ts';
import type { ObservedContainer } from '../../main/stack/observed.ts';
import { planDown } from '../../main/stack/plan-down.ts';
import { inDependencyOrder } from '../../main/stack/plan-order.ts';
import { factsFromLabels, factsOf, servicesFromLabels, stackState } from '../../main/stack/stack-status.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { container } from './helpers/containers.ts';
import { desiredOf } from './helpers/desired.ts';

type Some = Partial<ObservedContainer>;

/** when the containers of the tests began to run, and long after */
const STARTED = Date.parse(container().startedAt);
const NOW = STARTED + 86_400_000;

describe('a container', () => {
  it.each<[some: Some, status: ServiceStatus, cause: string | undefined]>([
    [{ state: 'running' }, 'running', undefined],
    [{ state: 'running', health: 'healthy' }, 'healthy', undefined],
    [{ state: 'running', health: 'starting' }, 'starting', 'starting: a is starting'],
    [
      { state: 'running', health: 'unhealthy', healthOutput: 'no' },
      'unhealthy',
      'health: a fails its health check (no)',
    ],
    ...(
      [
        [0, 'ended and is being restarted'],
        [1, 'ended and was restarted once'],
        [2, 'ended and was restarted 2 times'],
      ] as const
    ).map(([restarts, words]): [Some, ServiceStatus, string] => [
      { state: 'restarting', restarts, exitCode: 1 },
      'restarting',
      `exit: a ${words} [1]`,
    ]),
    [
      { state: 'restarting', restarts: 4, exitCode: 1 },
      'restarting',
      'exit: a keeps ending and was restarted 4 times [1]',
    ],
    [
      { state: 'restarting', restarts: 4, exitCode: 137, oomKilled: true },
      'restarting',
      'oom: a was ended because it used more memory than its limit [137]',
    ],
    [{ state: 'paused' }, 'paused', 'start: a is paused'],
    [{ state: 'created' }, 'created', 'start: a was created and not started'],
    [{ state: 'created', error: 'port taken' }, 'failed', 'start: a could not be started (port taken)'],
    [{ state: 'exited', exitCode: 0 }, 'completed', undefined],
    [{ state: 'exited', exitCode: 1 }, 'failed', 'exit: a ended with exit code 1 [1]'],
    [
      { state: 'exited', exitCode: 127, error: 'not found' },
      'failed',
      'exit: a ended with exit code 127 (not found) [127]',
    ],
    [{ state: 'exited', exitCode: 130 }, 'stopped', undefined],
    [{ state: 'exited', exitCode: 137 }, 'stopped', undefined],
    [{ state: 'exited', exitCode: 143 }, 'stopped', undefined],
    [
      { state: 'exited', exitCode: 137, oomKilled: true },
      'failed',
      'oom: a was ended because it used more memory than its limit [137]',
    ],
    [{ state: 'dead', exitCode: 1 }, 'failed', 'exit: a ended with exit code 1 [1]'],
    [{ state: 'removing' }, 'stopped', undefined],
  ])('%j is %s', (some, status, cause) => {
    const c = container(some);
    expect(containerStatus(c)).toBe(status);
    const found = causeOf(c);
    const text =
      found &&
      `${found.kind}: ${found.sentence}${found.detail ? ` (${found.detail})` : ''}${found.exitCode === undefined ? '' : ` [${found.exitCode}]`}`;
    expect(text).toBe(cause);
  });
});

describe('a container that Docker restarts', () => {
  const loop = { restarts: 3 } as const;
  const says = 'a keeps ending and was restarted 3 times';
  it.each<[what: string, some: Some, seconds: number, status: ServiceStatus, cause: string | undefined]>([
    ['waits in its loop', { ...loop, state: 'restarting', exitCode: 1 }, 0, 'restarting', says],
    ['runs again', loop, 0, 'restarting', says],
    ['has run for long', loop, 59, 'restarting', says],
    ['has come up', loop, 60, 'running', undefined],
    ['is checked', { ...loop, health: 'starting' }, 1, 'restarting', says],
    ['is checked for long', { ...loop, health: 'starting' }, 600, 'restarting', says],
    ['is well for a moment', { ...loop, health: 'healthy' }, 9, 'restarting', says],
    ['is well', { ...loop, health: 'healthy' }, 10, 'healthy', undefined],
    ['fails its check soon', { ...loop, health: 'unhealthy' }, 59, 'restarting', says],
    ['fails its check', { ...loop, health: 'unhealthy' }, 60, 'unhealthy', 'a fails its health check'],
    ['has twice ended', { restarts: 2, health: 'starting' }, 1, 'starting', 'a is starting'],
    // a slow first start, and one that somebody asked for: the count begins at 0
    ['was started', { health: 'starting' }, 600, 'starting', 'a is starting'],
    ['was paused', { ...loop, state: 'paused' }, 1, 'paused', 'a is paused'],
    ['was stopped', { ...loop, state: 'exited', exitCode: 143 }, 1, 'stopped', undefined],
    [
      'has spent its retries',
      { ...loop, state: 'exited', exitCode: 1 },
      1,
      'failed',
      'a ended with exit code 1',
    ],
    ['runs by a clock a little ahead of ours', { ...loop, health: 'healthy' }, -5, 'restarting', says],
    ['runs by a clock far ahead of ours', { ...loop, health: 'healthy' }, -3_600, 'healthy', undefined],
    ['had come up before', { ...loop, restartsHeld: 1, health: 'starting' }, 1, 'starting', 'a is starting'],
  ])('and that %s: %j after %i s is %s', (_what, some, seconds, status, sentence) => {
    const [state] = serviceStates([facts('a')], [container(some)], STARTED + seconds * 1_000);
    expect([state?.status, state?.cause?.sentence]).toEqual([status, sentence]);
  });

  it('says how it ended as far as that is known', () => {
    const cause = (some: Some) =>
      serviceStates([facts('a')], [container({ ...loop, ...some })], STARTED)[0]?.cause;
    expect(cause({})).toEqual({ kind: 'exit', sentence: says });
    expect(cause({ exitCode: 7 })).toEqual({ kind: 'exit', sentence: says, exitCode: 7 });
    expect(cause({ exitCode: 137, oomKilled: true })).toMatchObject({ kind: 'oom', exitCode: 137 });
  });
});

const facts = (name: string, some: Partial<ServiceFacts> = {}): ServiceFacts => ({
  name,
  image: `${name}:1`,
  oneShot: false,
  dependsOn: [],
  canLack: [],
  scale: 1,
  ...some,
});

describe('a service', () => {
  const statusOf = (facts1: ServiceFacts, ...all: Some[]): string =>
    serviceStates(
      [facts1],
      all.map((c) => container({ service: facts1.name, ...c })),
      NOW,
    )[0]!.status;

  it.each<[what: string, status: string, facts: ServiceFacts, containers: Some[]]>([
    ['without containers', 'absent', facts('a'), []],
    ['with a one-off container only', 'absent', facts('a'), [{ oneoff: true }]],
    [
      'that ended well and should go on',
      'stopped',
      facts('a'),
      [{ state: 'exited', restartPolicy: 'unless-stopped' }],
    ],
    ['that ended well and may end', 'completed', facts('a'), [{ state: 'exited' }]],
    [
      'that ended well and is restarted only when it fails',
      'completed',
      facts('a'),
      [{ state: 'exited', restartPolicy: 'on-failure' }],
    ],
    ['that ended well and was to end', 'completed', facts('a', { oneShot: true }), [{ state: 'exited' }]],
    [
      'that failed and was to end',
      'failed',
      facts('a', { oneShot: true }),
      [{ state: 'exited', exitCode: 2 }],
    ],
    ['of several is as its worst', 'unhealthy', facts('a'), [{ health: 'healthy' }, { health: 'unhealthy' }]],
    ['of several, one failed', 'failed', facts('a'), [{}, { state: 'exited', exitCode: 1 }]],
  ])('%s is %s', (_what, status, f, all) => {
    expect(statusOf(f, ...all)).toBe(status);
  });

  it('that is not there says what it waits for', () => {
    const states = serviceStates(
      [facts('db'), facts('web', { dependsOn: ['db'] }), facts('gate', { dependsOn: ['web'] })],
      [container({ service: 'db', health: 'starting' }), container({ service: 'web', state: 'created' })],
      NOW,
    );
    expect(states.map((s) => s.cause?.sentence)).toEqual([
      'db is starting',
      'web waits for db',
      'gate waits for web',
    ]);
  });

  it('that is not there waits for nothing while nothing of the stack runs', () => {
    const all = [facts('db'), facts('web', { dependsOn: ['db'] })];
    const stopped = container({ service: 'db', state: 'exited', neverStarted: false });
    for (const containers of [[], [stopped]])
      expect(serviceStates(all, containers, NOW).map((s) => s.cause)).not.toContainEqual(
        expect.objectContaining({ kind: 'dependency' }),
      );
    const failed = container({ service: 'db', state: 'exited', exitCode: 1 });
    expect(serviceStates(all, [failed], NOW)[1]?.cause?.sentence).toBe('web waits for db');
  });

  it('never says when it started while it never did', () => {
    const [state] = serviceStates([facts('a')], [container({ state: 'created', neverStarted: true })], NOW);
    expect(state).not.toHaveProperty('startedAt');
  });
});

describe('a stack', () => {
  const a: Some = { service: 'a' };
  const b: Some = { service: 'b' };
  it.each<[what: string, status: StackStatus, sentence: string, all: Some[]]>([
    ['of which nothing is there', 'stopped', 'Nothing of it is running.', []],
    [
      'that was stopped',
      'stopped',
      'Nothing of it is running.',
      [
        { ...a, state: 'exited', exitCode: 143 },
        { ...b, state: 'exited' },
      ],
    ],
    ['that is all well', 'running', 'All services are well.', [{ ...a, health: 'healthy' }, b]],
    ['that starts', 'busy', 'a is starting.', [{ ...a, health: 'starting' }, b]],
    ['that is unhealthy', 'degraded', 'a fails its health check.', [{ ...a, health: 'unhealthy' }, b]],
    ['of which one is missing', 'degraded', 'b is not running.', [a]],
    [
      'of which one was stopped',
      'degraded',
      'b is not running.',
      [a, { ...b, state: 'exited', restartPolicy: 'always' }],
    ],
    ['of which one is done', 'running', 'All services are well.', [a, { ...b, state: 'exited' }]],
    [
      'of which one ended',
      'failed',
      'b ended with exit code 3.',
      [a, { ...b, state: 'exited', exitCode: 3 }],
    ],
    [
      'of which all ended',
      'failed',
      'b ended with exit code 3.',
      [
        { ...a, state: 'exited' },
        { ...b, state: 'exited', exitCode: 3 },
      ],
    ],
    [
      'of which one keeps ending',
      'failed',
      'b keeps ending and was restarted 9 times.',
      [a, { ...b, state: 'restarting', restarts: 9 }],
    ],
    [
      'that is unhealthy while another starts',
      'degraded',
      'a fails its health check.',
      [
        { ...a, health: 'unhealthy' },
        { ...b, health: 'starting' },
      ],
    ],
    ['that is paused', 'degraded', 'a is paused.', [{ ...a, state: 'paused' }, b]],
  ])('%s is %s', (_what, status, sentence, all) => {
    const found = stackStatus(serviceStates([facts('a'), facts('b')], all.map(container), NOW));
    expect([found.status, found.sentence]).toEqual([status, sentence]);
  });

  it('that has fewer containers of a service than it wants is degraded', () => {
    const states = serviceStates([facts('a', { scale: 3 })], [container(a), container(a)], NOW);
    expect(states[0]?.status).toBe('running');
    expect(stackStatus(states)).toMatchObject({
      status: 'degraded',
      sentence: 'a has 2 of its 3 containers.',
      cause: { kind: 'missing' },
    });
  });

  it('is well without a service that is to have no containers', () => {
    const none = facts('b', { scale: 0 });
    const states = serviceStates([facts('a', { dependsOn: ['b'] }), none], [container(a)], NOW);
    expect(stackStatus(states)).toMatchObject({ status: 'running' });
    expect(states.map((s) => s.name)).toEqual(['a']);
    const created = serviceStates(
      [facts('a', { dependsOn: ['b'] }), none],
      [container({ state: 'created' })],
      NOW,
    );
    expect(created[0]?.cause?.kind).toBe('start');
    expect(serviceStates([none], [container({ service: 'b' })], NOW).map((s) => s.status)).toEqual([
      'running',
    ]);
  });

  it('with a job that is done is all well', () => {
    const states = serviceStates(
      [facts('a'), facts('job', { oneShot: true })],
      [container(a), container({ service: 'job', state: 'exited' })],
      NOW,
    );
    expect(stackStatus(states).status).toBe('running');
  });
});

describe('the state for terminal and window', () => {
  const base = {
    project: 'p',
    chosen: {},
    facts: [facts('a')],
    containers: [container()],
    probes: [],
    now: NOW,
  };
  const probe = { id: 'q', label: 'Database answers', ok: false, answer: 'no', tookMs: 1, at: '' };

  it.each<[what: string, input: Partial<Parameters<typeof stackState>[0]>, expected: object]>([
    [
      'a failed probe degrades what runs',
      { probes: [probe] },
      { status: 'degraded', sentence: 'Database answers: no' },
    ],
    [
      'a failed probe says nothing new of what is down',
      { probes: [probe], containers: [] },
      { status: 'stopped', sentence: 'Nothing of it is running.' },
    ],
    [
      'a newer bundled version is told',
      { appliedVersion: '1', bundledVersion: '2' },
      { profileVersion: '1', updateAvailable: '2' },
    ],
    [
      'published ports are where to open it',
      {
        containers: [
          container({
            ports: [
              { address: '0.0.0.0', published: 80, target: 80, protocol: 'tcp' },
              { address: '::', published: 80, target: 80, protocol: 'tcp' },
              { address: '127.0.0.1', published: 53, target: 53, protocol: 'udp' },
            ],
          }),
        ],
      },
      { urls: [{ label: 'a', url: 'http://127.0.0.1:80/' }] },
    ],
    [
      'ports of an engine elsewhere are opened there, or told to be there',
      {
        there: { host: 'box' },
        containers: [
          container({
            ports: [
              { address: '0.0.0.0', published: 80, target: 80, protocol: 'tcp' },
              { address: '127.0.0.1', published: 81, target: 81, protocol: 'tcp' },
            ],
          }),
        ],
      },
      {
        urls: [
          { label: 'a', url: 'http://box:80/' },
          { label: 'a', url: 'http://127.0.0.1:81/', on: 'box' },
        ],
      },
    ],
  ])('%s', (_what, input, expected) => {
    expect(stackState({ ...base, ...input })).toMatchObject(expected);
  });

  it('has no update where the versions are the same', () => {
    expect(stackState({ ...base, appliedVersion: '1', bundledVersion: '1' })).not.toHaveProperty(
      'updateAvailable',
    );
  });
});

describe('who runs without a service that it may lack', () => {
  const all = [
    facts('db'),
    facts('server', { dependsOn: ['db'] }),
    facts('docs', { dependsOn: ['server'], canLack: ['server'] }),
    facts('web', { dependsOn: ['server'], canLack: ['server'] }),
    facts('gate', { dependsOn: ['server'] }),
  ];
  const well = { state: 'running', health: 'healthy' } as const;
  const said = (server: Some, docs: Some, provides = {}): string | undefined => {
    const of = (service: string, some: Some) => container({ service, ...some });
    const there = [of('db', well), of('server', server), of('docs', docs), of('web', well), of('gate', well)];
    return withoutSentence(all, serviceStates(all, there, NOW), provides);
  };

  it.each<[string, Some, Some, string | undefined]>([
    ['nobody while it is well', well, well, undefined],
    ['nobody while it starts', { state: 'running', health: 'starting' }, well, undefined],
    ['all who may, when it ended', { state: 'exited', exitCode: 1 }, well, 'docs, web run without memory.'],
    [
      'when it is unhealthy',
      { state: 'running', health: 'unhealthy' },
      well,
      'docs, web run without memory.',
    ],
    [
      'not who is down as well',
      { state: 'exited', exitCode: 1 },
      { state: 'exited' },
      'web runs without memory.',
    ],
  ])('%s', (_what, server, docs, sentence) => {
    expect(said(server, docs, { server: 'memory' })).toBe(sentence);
  });

  it('names the service where nothing says what it is for', () => {
    expect(said({ state: 'exited', exitCode: 1 }, well)).toBe('docs, web run without server.');
  });

  it("is said after the stack's own sentence", () => {
    const containers = [container({ service: 'docs', ...well }), container({ service: 'db', ...well })];
    const some = all.filter(({ name }) => ['db', 'server', 'docs'].includes(name));
    expect(
      stackState({ project: 'p', chosen: {}, facts: some, containers, probes: [], now: NOW }),
    ).toMatchObject({
      status: 'degraded',
      sentence: 'server is not running. docs runs without server.',
    });
  });
});

describe('services of a stack whose file is gone', () => {
  const containers = [
    container({ service: 'db', image: 'pg:1' }),
    container({
      service: 'web',
      labels: { [LABEL.dependsOn]: 'db:service_healthy:true,cache:service_started:false' },
    }),
    container({ service: 'run', oneoff: true }),
  ];

  it('come from the labels of the containers', () => {
    expect(factsFromLabels(containers)).toEqual([
      { name: 'db', image: 'pg:1', oneShot: false, dependsOn: [], canLack: [], scale: 1 },
      { name: 'web', image: 'app:1', oneShot: false, dependsOn: ['db', 'cache'], canLack: [], scale: 1 },
    ]);
    expect(servicesFromLabels(containers)['web']?.depends_on).toEqual({
      db: { condition: 'service_started', required: true, restart: true },
      cache: { condition: 'service_started', required: true, restart: false },
    });
  });

  it.each(['__proto__', 'constructor'])('of a service called %s', (service) => {
    const named = [container({ service, labels: { [LABEL.dependsOn]: 'toString:service_started:false' } })];
    expect(Object.keys(servicesFromLabels(named))).toEqual([service]);
    const services = servicesFromLabels(named, [service]);
    const observed = { engineId: 'e', engineName: 'e', containers: named };
    const none = { networks: new Map(), volumes: new Map(), images: new Map() };
    const { orphans, steps } = planDown('p', services, { ...observed, ...none }, {});
    expect([orphans, steps.map((s) => s.kind)]).toEqual([[], ['stop', 'remove']]);
    expect(inDependencyOrder(servicesFromLabels(named), ['valueOf', service])).toEqual([service]);
  });

  it('and from the model where it is there', () => {
    const { project, services } = desiredOf(
      'name: p\nservices:\n  job: { image: "x:1", scale: 2 }\n  web: { image: "y:1", depends_on: { job: { condition: service_completed_successfully } } }\n',
    );
    expect(factsOf(project, services)).toEqual([
      { name: 'job', image: 'x:1', oneShot: true, dependsOn: [], canLack: [], scale: 2 },
      { name: 'web', image: 'y:1', oneShot: false, dependsOn: ['job'], canLack: [], scale: 1 },
    ]);
  });
});
