import { describe, expect, test } from 'vitest';
import { exitCodeOf, say, type AppError } from '../../main/errors.ts';
import type { LoadOptions } from '../../main/model/types.ts';
import { errorsOf, fileError, type Files } from './memory-files.ts';

/** In a file of a case: the place that an error must name, in the order of the errors. */
const MARK = '§';

/** `[code, key path]`; the n-th error stands at the n-th mark of the files. */
type Expected = readonly [code: string, path?: string];

interface Bad {
  readonly files: string | Files;
  readonly errors: readonly Expected[];
  readonly options?: Partial<LoadOptions>;
  /** the errors carry no line (the file itself is wrong) */
  readonly unplaced?: true;
}

/** The files without their marks, and where the marks were (`file:line:column`). */
function unmark(files: string | Files): { files: Files; places: string[] } {
  const places: string[] = [];
  const marked = typeof files === 'string' ? { 'compose.yaml': files } : files;
  const entries = Object.entries(marked).map(([name, content]) => {
    const path = `/p/${name}`;
    if (typeof content !== 'string') return [path, content] as const;
    let text = content.replace(/^\n/, '');
    for (let i = text.indexOf(MARK); i >= 0; i = text.indexOf(MARK)) {
      const before = text.slice(0, i).split('\n');
      places.push(`${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`);
      text = text.slice(0, i) + text.slice(i + 1);
    }
    return [path, text] as const;
  });
  return { files: Object.fromEntries(entries), places };
}

const placeOf = ({ data }: AppError): string => [data['file'], data['line'], data['column']].join(':');
const pathOf = ({ data }: AppError): unknown => data['path'];

const service = (keys: string): string => `
services:
  a:
    image: a
    ${keys}
`;

const TABLE: Readonly<Record<string, Bad>> = {
  'not YAML': {
    files: `
services: { a: { image: a }
§`,
    errors: [['model.not-yaml']],
  },
  'an unknown alias': { files: 'services: { a: §*nope }\n', errors: [['model.not-yaml', 'services.a']] },
  'a tab as indentation': {
    files: `
services:
§	a: { image: a }
`,
    errors: [['model.tab-indent']],
  },
  'a duplicate key': {
    files: `
services:
  a: { image: a }
  §a: { image: b }
`,
    errors: [['model.duplicate-key', 'services.a']],
  },
  'a duplicate key deep inside': {
    files: `
services:
  a:
    image: a
    environment:
      X: 1
      §X: 2
`,
    errors: [['model.duplicate-key', 'services.a.environment.X']],
  },
  'an empty file': { files: '', errors: [['model.empty-file']], unplaced: true },
  'a file of comments': { files: '# nothing\n---\n', errors: [['model.empty-file']], unplaced: true },
  'not UTF-8': {
    files: { 'compose.yaml': Uint8Array.from([0x73, 0xff, 0xfe, 0x0a]) },
    errors: [['model.not-utf8']],
    unplaced: true,
  },
  'UTF-16': {
    files: { 'compose.yaml': new Uint8Array(Buffer.from('\uFEFFservices: {}', 'utf16le')) },
    errors: [['model.not-utf8']],
    unplaced: true,
  },
  'a folder': {
    files: { 'compose.yaml/x': '' },
    errors: [['model.is-directory']],
    unplaced: true,
  },
  'no such file': { files: {}, errors: [['model.not-found']], unplaced: true },
  'no such file, in a folder without a name': {
    files: {},
    errors: [['model.not-found']],
    options: { workingDir: '/' },
    unplaced: true,
  },
  'an unreadable file': {
    files: { 'compose.yaml': fileError('EACCES', '/p/compose.yaml') },
    errors: [['model.unreadable']],
    unplaced: true,
  },
  'a list at the top': { files: '§- a\n', errors: [['model.wrong-type']] },
  'an alias to itself': {
    files: 'services: { a: &a { image: a, labels: §*a } }\n',
    errors: [['model.alias-cycle', 'services.a.labels']],
  },

  'a cycle of depends_on': {
    files: `
services:
  a:
    image: a
    depends_on:
      - b
  b: { image: b, depends_on: { c: { condition: service_healthy } } }
  c: { image: c, depends_on: [§a] }
`,
    errors: [['model.cycle-depends-on', 'services.c.depends_on.a']],
  },
  'a service that waits for itself': {
    files: service('depends_on: [§a]'),
    errors: [['model.cycle-depends-on', 'services.a.depends_on.a']],
  },
  'a cycle of extends': {
    files: `
services:
  a: { image: a, extends: §b }
  b: { image: b, extends: { service: a } }
`,
    errors: [['model.cycle-extends', 'services.a.extends']],
  },
  'a cycle of include': {
    files: {
      'compose.yaml': 'include: [other.yaml]\nservices: { a: { image: a } }\n',
      'other.yaml': 'include:\n  - §compose.yaml\n',
    },
    errors: [['model.cycle-include', 'include[0]']],
  },
  'a cycle of include by the second file of a group': {
    files: {
      'compose.yaml': 'include: [{ path: [b.yaml, §compose.yaml] }]\nservices: { a: { image: a } }\n',
      'b.yaml': 'services: { b: { image: b } }\n',
    },
    errors: [['model.cycle-include', 'include[0]']],
  },
  'an included file that is not there': {
    files: 'include:\n  - §none.yaml\nservices: { a: { image: a } }\n',
    errors: [['model.not-found', 'include[0]']],
  },
  'an extended file that is not there': {
    files: 'services: { a: { extends: { file: §none.yaml, service: x } } }\n',
    errors: [['model.not-found', 'services.a.extends.file']],
  },
  'an extended service that is not there': {
    files: 'services: { a: { image: a, extends: §b } }\n',
    errors: [['model.undefined-service', 'services.a.extends']],
  },

  'an undefined service': {
    files: service('depends_on: [§db]'),
    errors: [['model.undefined-service', 'services.a.depends_on.db']],
  },
  'an undefined service of a namespace': {
    files: service('network_mode: §service:db'),
    errors: [['model.undefined-service', 'services.a.network_mode']],
  },
  'an undefined volume': {
    files: service('volumes: [§data:/data]'),
    errors: [['model.undefined-volume', 'services.a.volumes[0]']],
  },
  'an undefined network': {
    files: service('networks: [§back]'),
    errors: [['model.undefined-network', 'services.a.networks.back']],
  },
  'an undefined secret': {
    files: service('secrets: [§key]'),
    errors: [['model.undefined-secret', 'services.a.secrets[0]']],
  },
  'an undefined config': {
    files: service('configs: [{ source: x, target: /x }, §conf]\nconfigs: { x: { content: x } }'),
    errors: [['model.undefined-config', 'services.a.configs[1]']],
  },
  'an undefined model': {
    files: service('models: [§llm]'),
    errors: [['model.undefined-model', 'services.a.models.llm']],
  },
  'a service of a profile that is not active': {
    files: service('depends_on: [§b]\n  b: { image: b, profiles: [x] }'),
    errors: [['model.disabled-service', 'services.a.depends_on.b']],
  },

  'a required variable': {
    files: service('hostname: §${X:?say its name}'),
    errors: [['model.required-variable', 'services.a.hostname']],
  },
  'a template that is not closed': {
    files: service('hostname: §x${X'),
    errors: [['model.bad-interpolation', 'services.a.hostname']],
  },
  'a port out of range': {
    files: service('ports: ["80:80", §"80:65536"]'),
    errors: [['model.bad-port', 'services.a.ports[1]']],
  },
  'a published port out of range': {
    files: service('ports: [§"70000:80"]'),
    errors: [['model.bad-port', 'services.a.ports[0]']],
  },
  'a port out of range in the long form': {
    files: service('ports: [{ target: §70000 }]'),
    errors: [['model.bad-port', 'services.a.ports[0].target']],
  },
  'a published port out of range in the long form': {
    files: service('ports: [{ target: 80, published: §"99999" }]'),
    errors: [['model.bad-port', 'services.a.ports[0].published']],
  },
  'a port that is a word': {
    files: service('ports: [§"http:80"]'),
    errors: [['model.bad-port', 'services.a.ports[0]']],
  },
  'port ranges of unequal length': {
    files: service('ports: [§"8000-8002:80-81"]'),
    errors: [['model.bad-port-range', 'services.a.ports[0]']],
  },
  'an address of a port that is none': {
    files: service('ports: [§"300.0.0.1:80:80"]'),
    errors: [['model.bad-ip', 'services.a.ports[0]']],
  },
  'an address in the long form that is none': {
    files: service('ports: [{ target: 80, host_ip: §localhost }]'),
    errors: [['model.bad-ip', 'services.a.ports[0].host_ip']],
  },
  'an address of a network that is none': {
    files: `
services: { a: { image: a, networks: { n: { ipv4_address: §10.0.0.256 } } } }
networks: { n: { ipam: { config: [{ subnet: §10.0.0.0/33, gateway: §10.0.0 }] } } }
`,
    errors: [
      ['model.bad-ip', 'services.a.networks.n.ipv4_address'],
      ['model.bad-ip', 'networks.n.ipam.config[0].subnet'],
      ['model.bad-ip', 'networks.n.ipam.config[0].gateway'],
    ],
  },
  'a bad duration': {
    files: service('stop_grace_period: §soon'),
    errors: [['model.bad-duration', 'services.a.stop_grace_period']],
  },
  'a duration without a unit': {
    files: service('healthcheck: { test: x, interval: §"10" }'),
    errors: [['model.bad-duration', 'services.a.healthcheck.interval']],
  },
  'a duration that is a number': {
    files: service('healthcheck: { test: x, interval: §10 }'),
    errors: [['model.wrong-type', 'services.a.healthcheck.interval']],
  },
  'a bad size': {
    files: service('mem_limit: §1zb'),
    errors: [['model.bad-size', 'services.a.mem_limit']],
  },
  'a bad size of a limit': {
    files: service('deploy: { resources: { limits: { memory: §lots } } }'),
    errors: [['model.bad-size', 'services.a.deploy.resources.limits.memory']],
  },
  'an image name in capitals': {
    files: 'services: { a: { image: §Acme/App } }\n',
    errors: [['model.bad-image', 'services.a.image']],
  },
  'an image name with a space': {
    files: 'services: { a: { image: §"redis 7" } }\n',
    errors: [['model.bad-image', 'services.a.image']],
  },
  'an image without a tag after its colon': {
    files: 'services: { a: { image: §"redis:" } }\n',
    errors: [['model.bad-image', 'services.a.image']],
  },

  'an unknown key': {
    files: service('§enviroment: { A: 1 }'),
    errors: [['model.unknown-key', 'services.a.enviroment']],
  },
  'an unknown key at the top': {
    files: '§servces: {}\nservices: { a: { image: a } }\n',
    errors: [['model.unknown-key', 'servces']],
  },
  'an unknown key of a port': {
    files: service('ports: [{ target: 80, §publish: 80 }]'),
    errors: [['model.unknown-key', 'services.a.ports[0].publish']],
  },
  'a mapping where a text belongs': {
    files: service('hostname: §{ x: y }'),
    errors: [['model.wrong-type', 'services.a.hostname']],
  },
  'neither true nor false': {
    files: service('tty: §maybe'),
    errors: [['model.bad-boolean', 'services.a.tty']],
  },
  'a number that is none': {
    files: service('cpu_shares: §many'),
    errors: [['model.bad-number', 'services.a.cpu_shares']],
  },
  'a word that is not among the allowed': {
    files: service('depends_on: { b: { condition: §service_up } }\n  b: { image: b }'),
    errors: [['model.bad-value', 'services.a.depends_on.b.condition']],
  },
  'a service without an image': {
    files: 'services:\n  §a: { command: x }\n',
    errors: [['model.incomplete', 'services.a']],
  },
  'a key that is not a text': {
    files: service('labels: { §1: x }'),
    errors: [['model.bad-key', 'services.a.labels.1']],
  },
  'a project name that is none': {
    files: service('hostname: a'),
    errors: [['model.bad-project-name']],
    options: { projectName: 'Not Valid' },
    unplaced: true,
  },
  'an empty project name': {
    files: service('hostname: a'),
    errors: [['model.bad-project-name']],
    options: { projectName: '' },
    unplaced: true,
  },
  'an env file that is not there': {
    files: service('env_file: [§none.env]'),
    errors: [['model.env-file-missing', 'services.a.env_file[0]']],
  },
  'an open quote in a command': {
    files: service('command: §sh -c "x'),
    errors: [['model.bad-command', 'services.a.command']],
  },
  'an included service of the same name': {
    files: {
      'compose.yaml': 'include: [b.yaml]\nservices:\n  §a: { image: a }\n',
      'b.yaml': 'services: { a: { image: other } }\n',
    },
    errors: [['model.include-conflict', 'services.a']],
  },

  'several problems at once': {
    files: `
services:
  web:
    image: §Web
    §imagee: x
    mem_limit: §much
    ports:
      - §"99999:80"
      - "80:80"
    volumes: [§data:/data]
    depends_on: [§db]
  other:
    image: o
    stop_grace_period: §later
networks:
  n: { §drivers: x }
`,
    errors: [
      ['model.bad-image', 'services.web.image'],
      ['model.unknown-key', 'services.web.imagee'],
      ['model.bad-size', 'services.web.mem_limit'],
      ['model.bad-port', 'services.web.ports[0]'],
      ['model.undefined-volume', 'services.web.volumes[0]'],
      ['model.undefined-service', 'services.web.depends_on.db'],
      ['model.bad-duration', 'services.other.stop_grace_period'],
      ['model.unknown-key', 'networks.n.drivers'],
    ],
  },
  'problems of several files': {
    files: {
      'compose.yaml': 'services: { a: { image: a, §imag: b } }\n',
      'over.yaml': 'services: { a: { mem_limit: §x } }\n',
    },
    errors: [
      ['model.unknown-key', 'services.a.imag'],
      ['model.bad-size', 'services.a.mem_limit'],
    ],
    options: { files: ['/p/compose.yaml', '/p/over.yaml'] },
  },
};

describe('bad input', () => {
  test.each(Object.entries(TABLE))('%s', (_name, { files: marked, errors: expected, options, unplaced }) => {
    const { files, places } = unmark(marked);
    const errors = errorsOf(files, options);
    const found = errors.map((e) => [e.code, pathOf(e), unplaced ? undefined : placeOf(e)]);
    const wanted = expected.map(([code, path], i) => [code, path, unplaced ? undefined : places[i]]);
    // problems are reported in the order of the checks, which is no promise
    const order = (rows: unknown[][]): unknown[][] =>
      rows.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
    expect(order(found)).toEqual(order(wanted));
    expect(exitCodeOf(errors)).toBe(2);
    for (const e of errors) {
      const { message, next } = say(e);
      expect(next).not.toBe('');
      if (!unplaced) expect(message).toContain(placeOf(e));
    }
  });

  test('the nearest known key is named', () => {
    const [error] = errorsOf({ '/p/compose.yaml': service('enviroment: { A: 1 }').trimStart() });
    expect(error?.data).toMatchObject({ key: 'enviroment', near: 'environment' });
    expect(say(error as AppError).next).toContain('environment');
  });

  test.each([
    ['- a\n', 'a list'],
    ['text\n', 'a string'],
    ['12\n', 'a number'],
  ])('what a file is instead of a mapping is said: %j', (yaml, found) => {
    expect(errorsOf({ '/p/compose.yaml': yaml })[0]?.data).toMatchObject({ expected: 'a mapping', found });
  });

  test('a required variable names itself and its message', () => {
    const [error] = errorsOf({ '/p/compose.yaml': service('hostname: ${X:?say its name}').trimStart() });
    expect(error?.data).toMatchObject({ variable: 'X', reason: 'say its name' });
  });

  const CANARY = 'canary-7f3a';
  test.each([
    ['model.bad-interpolation', 'hostname: "${SECRET}${SECRET"'],
    ['model.required-variable', 'hostname: "${UNSET?not ${SECRET}}"'],
    ['model.bad-size', 'mem_limit: 12${SECRET}'],
    ['model.bad-duration', 'stop_grace_period: 5${SECRET}'],
    ['model.bad-image', 'cpus: 1\n  b:\n    image: "A:${SECRET}"'],
    ['model.bad-ip', 'dns_search: []\n    ports: ["${SECRET}:80:80"]'],
    ['model.bad-ip', 'networks: { n: { ipv4_address: "${SECRET}" } }\nnetworks: { n: }'],
    ['model.bad-port', 'ports: ["${SECRET}:80"]'],
    ['model.bad-port', 'ports: ["80:${SECRET}"]'],
    ['model.bad-port', 'ports: ["80:80/${SECRET}"]'],
    ['model.bad-port', 'ports: [{ target: 80, published: "${SECRET}" }]'],
    ['model.bad-port-range', 'ports: ["8000-8002:80-8${ONE}"]'],
    ['model.bad-boolean', 'tty: "${SECRET}"'],
    ['model.bad-number', 'cpu_shares: "${SECRET}"'],
    ['model.out-of-range', 'oom_score_adj: "9${ONE}${ONE}${ONE}"'],
    ['model.bad-value', 'depends_on: { b: { condition: "${SECRET}" } }\n  b: { image: b }'],
    ['model.bad-value', 'healthcheck: { test: ["${SECRET}", x] }'],
    ['model.bad-name', 'container_name: "€${ONE}"'],
    ['model.bad-mount', 'volumes: ["one:two:${SECRET}:three"]'],
    ['model.bad-host', 'extra_hosts: ["${SECRET}"]'],
    ['model.bad-variable-name', 'environment: ["A ${SECRET} =x"]'],
    ['model.undefined-volume', 'volumes: ["x${SECRET}:/x"]'],
    ['model.wrong-type', 'build: { context: ., ssh: ["${SECRET}"] }'],
    ['model.conflict', 'tmpfs: ["/${SECRET}", "/${SECRET}:ro"]'],
    ['model.remote', 'extends: { file: "https://${SECRET}@host/c.yaml", service: a }'],
  ])('%s never holds the value of a variable: %s', (code, keys) => {
    const errors = errorsOf(
      { '/p/compose.yaml': service(keys).trimStart() },
      { variables: { SECRET: CANARY, ONE: '1' } },
    );
    expect(errors.map((e) => e.code)).toContain(code);
    expect(JSON.stringify(errors.map((e) => say(e)))).not.toContain(CANARY);
    expect(JSON.stringify(errors)).not.toContain('"template"');
  });

  test('a value that is wrong is shown as it was written', () => {
    const yaml = service('mem_limit: 12${SECRET}\n    ports: ["80${SECRET}:80"]').trimStart();
    const errors = errorsOf({ '/p/compose.yaml': yaml }, { variables: { SECRET: CANARY } });
    expect(errors.map((e) => e.data['value'])).toEqual(['12${SECRET}', '80${SECRET}:80']);
  });
});
