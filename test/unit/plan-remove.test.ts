import { describe, expect, test } from 'vitest';
import { LABEL } from '../../main/stack/labels.ts';
import type { Observed, ObservedNetwork, ObservedVolume } from '../../main/stack/observed.ts';
import { planDown } from '../../main/stack/plan-down.ts';
import { goes, planRemove, type RemovalFacts } from '../../main/stack/plan-remove.ts';
import { servicesFromLabels } from '../../main/stack/stack-status.ts';
import { container } from './helpers/containers.ts';

const OURS = { [LABEL.project]: 'p' };
const NAMELESS = 'ab12'.repeat(16);
const volume = (name: string, labels = OURS): [string, ObservedVolume] => [
  name,
  { name, driver: 'local', options: {}, labels, createdAt: '2026-01-01T00:00:00Z' },
];
const network = (name: string, users: string[] = []): [string, ObservedNetwork[]] => [
  name,
  [{ id: `id-of-${name}`, name, labels: OURS, users }],
];
const observedOf = (some: Partial<Observed> = {}): Observed => ({
  engineId: 'e',
  engineName: 'here',
  containers: [
    container({ service: 'db', labels: OURS, networks: [{ name: 'p_data', id: 'id-of-p_data' }] }),
    container({
      service: 'web',
      labels: { ...OURS, [LABEL.dependsOn]: 'db:service_started:false' },
      mounts: [{ Type: 'volume', Name: NAMELESS, Source: '', Destination: '/x' }],
    }),
  ],
  networks: new Map([network('p_data', ['p-db-1'])]),
  volumes: new Map([volume('p_data'), volume('p_more')]),
  images: new Map(),
  ...some,
});
const TOKEN = { name: 'TOKEN', volumes: [] };
const FACTS: RemovalFacts = {
  external: [],
  secrets: [{ name: 'DB_PASSWORD', volumes: ['p_data'] }, TOKEN],
  ranOn: { here: true, others: [] },
  isKnown: true,
};
const UNKNOWN: RemovalFacts['ranOn'] = { here: false, others: [] };
const removal = (observed: Observed, facts: RemovalFacts = FACTS): ReturnType<typeof planRemove> =>
  planRemove('p', servicesFromLabels(observed.containers), observed, facts);

test('what is taken down leaves nameless volumes, which is said; what is removed takes them along', () => {
  const observed = observedOf();
  const { warnings } = planDown('p', servicesFromLabels(observed.containers), observed, {});
  expect(warnings).toEqual([{ code: 'stack.nameless-left', data: { service: 'web', volumes: [NAMELESS] } }]);
  expect(removal(observed).plan.warnings).toEqual([]);
});

describe('a removal of everything', () => {
  test('goes from what is made again easily to what is not: volumes, then keys, then what is known', () => {
    const { plan, keeps } = removal(observedOf());
    const before = (id: string): Set<string> => {
      const after = plan.steps.find((s) => s.id === id)?.after ?? [];
      return new Set(after.flatMap((a) => [a, ...before(a)]));
    };
    expect([...before('remove-volume:p_data')].toSorted()).toEqual([
      'remove-network:p_data',
      'remove:p-db-1',
      'remove:p-web-1',
      'stop:p-db-1',
      'stop:p-web-1',
    ]);
    // a key goes when every volume is gone, also one that it was not made with
    for (const key of ['DB_PASSWORD', 'TOKEN'])
      expect([...before(`remove-secret:${key}`)]).toEqual(
        expect.arrayContaining(['remove-volume:p_data', 'remove-volume:p_more']),
      );
    expect([...before('forget')]).toEqual(
      expect.arrayContaining(['remove-secret:DB_PASSWORD', 'remove-secret:TOKEN']),
    );
    expect([...before('stop:p-db-1')]).toEqual(['stop:p-web-1']);
    expect(keeps).toEqual([]);
  });

  test('says in words what goes, and asks for the name of the stack and for each volume', () => {
    const { plan } = removal(observedOf());
    expect(goes(plan.steps)).toEqual([
      'container p-db-1',
      'container p-web-1',
      'nameless volume ab12ab12ab12 of p-web-1',
      'network p_data',
      'volume p_data and all data in it (created 2026-01-01T00:00:00Z)',
      'volume p_more and all data in it (created 2026-01-01T00:00:00Z)',
      'secret DB_PASSWORD',
      'secret TOKEN',
      'its settings, what was applied, and its incidents',
    ]);
    expect(plan.confirmations.map((c) => [c.kind, c.subject])).toEqual([
      ['remove-stack', 'p'],
      ['delete-volume', 'p_data'],
      ['delete-volume', 'p_more'],
    ]);
    for (const words of goes(plan.steps)) expect(plan.confirmations[0]?.text).toContain(words);
  });

  test.each<[string, Partial<Observed>, Partial<RemovalFacts>, { what: string; why: string }[], string[]]>([
    [
      'an external volume, and the key of its data',
      {},
      { external: ['p_data'] },
      [
        { what: 'volume p_data', why: 'the file calls it external' },
        { what: 'secret DB_PASSWORD', why: 'volume p_data was made with it' },
      ],
      ['remove-volume:p_data', 'remove-secret:DB_PASSWORD'],
    ],
    [
      'a volume that was made for another stack, and the key of its data',
      { volumes: new Map([volume('p_data', { [LABEL.project]: 'q' })]) },
      {},
      [
        { what: 'volume p_data', why: 'not made for p' },
        { what: 'secret DB_PASSWORD', why: 'volume p_data was made with it' },
      ],
      ['remove-volume:p_data', 'remove-secret:DB_PASSWORD'],
    ],
    [
      'a key while any volume that was made with it stays',
      {},
      { external: ['p_more'], secrets: [{ name: 'DB_PASSWORD', volumes: ['p_data', 'p_more'] }, TOKEN] },
      [
        { what: 'volume p_more', why: 'the file calls it external' },
        { what: 'secret DB_PASSWORD', why: 'volume p_more was made with it' },
      ],
      ['remove-volume:p_more', 'remove-secret:DB_PASSWORD'],
    ],
    [
      'a key of which nobody knows the volume, while any stays',
      {},
      { external: ['p_more'], secrets: [{ name: 'OLD' }, TOKEN] },
      [
        { what: 'volume p_more', why: 'the file calls it external' },
        {
          what: 'secret OLD',
          why: 'nobody knows which volume was made with it, and not every volume goes',
        },
      ],
      ['remove-volume:p_more', 'remove-secret:OLD'],
    ],
    [
      'a key whose data may be on another engine',
      {},
      { ranOn: { here: true, others: ['laptop'] } },
      [{ what: 'secret DB_PASSWORD', why: 'data made with it may be on laptop' }],
      ['remove-secret:DB_PASSWORD'],
    ],
    [
      'a key of which nothing is here, where nobody knows of the stack',
      { containers: [], networks: new Map(), volumes: new Map() },
      { ranOn: UNKNOWN },
      [
        {
          what: 'secret DB_PASSWORD',
          why: 'no data made with it is here, and nobody knows where the stack ran',
        },
      ],
      ['remove-secret:DB_PASSWORD'],
    ],
    [
      'a network that others use',
      { networks: new Map([network('p_data', ['p-db-1', 'q-web-1'])]) },
      {},
      [{ what: 'network p_data', why: 'used by q-web-1' }],
      ['remove-network:p_data'],
    ],
  ])('keeps %s', (_, observed, facts, keeps, not) => {
    const found = removal(observedOf(observed), { ...FACTS, ...facts });
    expect(found.keeps).toEqual(keeps);
    const ids = found.plan.steps.map((s) => s.id);
    for (const id of not) expect(ids).not.toContain(id);
    expect(ids).toContain('remove-secret:TOKEN');
    for (const { what } of keeps) expect(found.plan.confirmations[0]?.text).toContain(`kept: ${what}`);
  });

  test.each([
    ['its data goes, though nobody knows of the stack', {}, UNKNOWN],
    ['its data is gone from where the stack ran', { volumes: new Map() }, FACTS.ranOn],
  ])('takes a key when %s', (_, observed, ranOn) => {
    const { plan } = removal(observedOf(observed), { ...FACTS, ranOn });
    expect(plan.steps.map((s) => s.id)).toContain('remove-secret:DB_PASSWORD');
  });

  test('takes a key of which nobody knows the volume when none stays', () => {
    const { plan, keeps } = removal(observedOf(), { ...FACTS, secrets: [{ name: 'OLD' }] });
    expect(plan.steps.map((s) => s.id)).toContain('remove-secret:OLD');
    expect(keeps).toEqual([]);
  });

  test('says what it does not look for', () => {
    const { plan } = removal(observedOf());
    expect(plan.confirmations[0]?.text).toContain('  kept: old versions of the settings (');
    expect(plan.confirmations[0]?.text).toContain('  kept: keys in another secret store (');
  });

  test('of what is not there asks nothing', () => {
    const nothing = observedOf({ containers: [], networks: new Map(), volumes: new Map() });
    const { plan } = removal(nothing, { ...FACTS, secrets: [], ranOn: UNKNOWN, isKnown: false });
    expect([plan.steps, plan.confirmations]).toEqual([[], []]);
  });
});
