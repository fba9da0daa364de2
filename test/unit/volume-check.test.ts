import { expect, test } from 'vitest';
import type { ContainerSummary } from '../../main/docker/port.ts';
import { LABEL } from '../../main/stack/labels.ts';
import { planUp } from '../../main/stack/plan-up.ts';
import { sharedVolumes } from '../../main/stack/volume-check.ts';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { desiredOf } from './helpers/desired.ts';
import { ABLE } from './helpers/rig.ts';

const FILE = `
name: p
services:
  db: { image: "db:1", volumes: ["data:/data"] }
volumes:
  data: { name: kept }
`;

/** A running container of a project that has a volume. */
const running = (project: string, Name: string, RW = true): ContainerSummary => ({
  Id: 'c1',
  Names: ['/theirs'],
  Image: 'db:1',
  ImageID: 'sha256:1',
  Created: 0,
  State: 'running',
  Status: 'Up',
  Labels: { [LABEL.project]: project },
  Ports: [],
  Mounts: [{ Type: 'volume', Name, Source: '', Destination: '/data', RW }],
});

/** What would be shared by an `up` of the file. */
async function shared(
  file: string,
  others: ContainerSummary[],
  leaving?: string,
): Promise<readonly object[]> {
  const desired = desiredOf(file);
  const engine = new FakeEngine();
  engine.containers.list = () => Promise.resolve(others);
  const observed = {
    engineId: 'E',
    engineName: 'e',
    containers: [],
    networks: new Map(),
    volumes: new Map([['kept', { name: 'kept', driver: 'local', options: {}, labels: {} }]]),
    images: new Map(),
  };
  const plan = planUp(desired, observed, { pull: 'missing', ...ABLE });
  return sharedVolumes(engine, desired, plan, leaving);
}

test.each<[what: string, file: string, others: ContainerSummary[], isShared: boolean]>([
  ['of another stack', FILE, [running('thoth', 'kept')], true],
  ['of no stack', FILE, [{ ...running('', 'kept'), Labels: {} }], true],
  ['of our own', FILE, [running('p', 'kept')], false],
  ['another volume', FILE, [running('thoth', 'data')], false],
  ['theirs is only read', FILE, [running('thoth', 'kept', false)], false],
  ['ours is only read', FILE.replace(':/data', ':/data:ro'), [running('thoth', 'kept')], false],
  [
    'shared on purpose',
    FILE.replace('{ name: kept }', '{ name: kept, external: true }'),
    [running('t', 'kept')],
    false,
  ],
])('a volume that a running container has: %s', async (_, file, others, isShared) => {
  expect(await shared(file, others)).toMatchObject(
    isShared ? [{ code: 'stack.volume-shared', data: { name: 'kept', by: ['theirs'], project: 'p' } }] : [],
  );
});

test('a stack that is stopped before has nothing any more', async () => {
  expect(await shared(FILE, [running('thoth', 'kept')], 'thoth')).toEqual([]);
});
