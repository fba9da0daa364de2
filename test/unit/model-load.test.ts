import { win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure, type AppError } from '../../main/errors.ts';
import { parseDotenv } from '../../main/model/dotenv.ts';
import { loadProject } from '../../main/model/load.ts';
import { formatJson, formatYaml } from '../../main/model/print.ts';
import type { Loaded, LoadOptions } from '../../main/model/types.ts';
import { loadOptions, memoryFiles } from './memory-files.ts';

type Files = Readonly<Record<string, string>>;

const load = (files: Files, some: Partial<LoadOptions> = {}): Loaded =>
  loadProject(loadOptions(memoryFiles(files), some));
const compose = (text: string, some: Partial<LoadOptions> = {}): Loaded =>
  load({ '/p/compose.yaml': text }, some);

function errorsOf(run: () => unknown): readonly AppError[] {
  try {
    run();
  } catch (e) {
    if (e instanceof Failure) return e.errors;
    throw e;
  }
  return [];
}

describe('what is told about variables', () => {
  const { warnings, variablesUsed, missingVariables } = compose(
    'services: { a: { image: "${REPO}/a:${TAG:-1}", user: $NAME, hostname: "${HOST:+h}", command: $$NOT } }',
    { variables: { REPO: 'r' } },
  );
  test('every name, and those without a value or a default', () => {
    expect(variablesUsed).toEqual(['HOST', 'NAME', 'REPO', 'TAG']);
    expect(missingVariables).toEqual(['NAME']);
  });
  test('a warning with its place', () => {
    expect(warnings).toEqual([
      {
        code: 'model.unset-variable',
        data: { variable: 'NAME', file: '/p/compose.yaml', line: 1, column: 54, path: 'services.a.user' },
      },
    ]);
  });
});

test('names that are taken without a dollar are told too', () => {
  const { variablesUsed, missingVariables, warnings } = compose(
    [
      'services:',
      '  a: { image: a, environment: [LIST, GONE, "SET=1"], secrets: [s, t], configs: [c] }',
      '  b: { image: b, environment: { MAP: , OWN: x } }',
      'secrets: { s: { environment: TOKEN }, t: { environment: UNSET } }',
      'configs: { c: { environment: CONFIG } }',
    ].join('\n'),
    { variables: { LIST: '1', MAP: '2', TOKEN: '3', CONFIG: '4' } },
  );
  expect(variablesUsed).toEqual(['CONFIG', 'GONE', 'LIST', 'MAP', 'TOKEN', 'UNSET']);
  expect(missingVariables).toEqual(['GONE', 'UNSET']);
  // the CLI, too, says nothing of a name that is passed through only when it is set
  expect(warnings).toEqual([]);
});

test('an unset variable is named with the value that it makes wrong', () => {
  expect(errorsOf(() => compose('services: { a: { image: "a:$TAG" } }'))).toMatchObject([
    { code: 'model.unset-variable', data: { variable: 'TAG' } },
    { code: 'model.bad-image', data: { value: 'a:$TAG' } },
  ]);
});

describe('what is told about files', () => {
  test('every file that was read, in order', () => {
    const { sourceFiles, project } = load(
      {
        '/p/compose.yaml':
          'include: [sub/in.yaml]\nservices: { a: { extends: { file: base.yaml, service: b } } }',
        '/p/base.yaml': 'services: { b: { image: b, env_file: b.env, label_file: b.labels } }',
        '/p/b.env': 'A=1',
        '/p/b.labels': 'l=1',
        '/p/sub/in.yaml': 'services: { c: { image: c, build: ., volumes: ["./d:/d"] } }',
        '/p/sub/.env': 'B=2',
      },
      {},
    );
    expect(sourceFiles).toEqual([
      '/p/compose.yaml',
      '/p/base.yaml',
      '/p/sub/.env',
      '/p/sub/in.yaml',
      '/p/b.env',
      '/p/b.labels',
    ]);
    expect(project.services['c']?.build?.context).toBe('/p/sub');
    expect(project.services['c']?.volumes?.[0]?.source).toBe('/p/sub/d');
  });
  test('texts are read where no file is', () => {
    const file = { path: '/p/compose.yaml', content: 'services: { a: { image: x } }' };
    expect(Object.keys(load({}, { files: [file] }).project.services)).toEqual(['a']);
  });
});

describe('a project', () => {
  test('keeps services of other profiles apart, and leaves unused resources out', () => {
    const { project } = compose(
      [
        'services:',
        '  a: { image: a }',
        '  b: { image: b, profiles: [x], volumes: ["v:/v"], env_file: not-read.env }',
        'volumes: { v: , w: }',
      ].join('\n'),
    );
    expect(Object.keys(project.services)).toEqual(['a']);
    expect(project.disabledServices['b']?.env_file).toEqual([{ path: '/p/not-read.env', required: true }]);
    expect(project.volumes).toEqual({});
  });
  test.each([
    [{ projectName: 'given' }, 'given'],
    [{ variables: { COMPOSE_PROJECT_NAME: 'env' } }, 'env'],
    [{}, 'filename'],
  ])('is called by %j', (some, name) => {
    const { project } = compose(
      'name: File Name\nservices: { a: { image: "x:$COMPOSE_PROJECT_NAME" } }',
      some,
    );
    expect([project.name, project.services['a']?.image]).toEqual([name, `x:${name}`]);
  });
  test('keeps the values of secrets and configs out of the model', () => {
    const { project, contents } = compose(
      'services: { a: { image: a, secrets: [s], configs: [c] } }\n' +
        'secrets: { s: { environment: S } }\nconfigs: { c: { environment: C } }',
      { variables: { S: 'canary-1', C: 'canary-2' } },
    );
    expect(contents).toEqual({ secrets: { s: 'canary-1' }, configs: { c: 'canary-2' } });
    expect(JSON.stringify(project) + formatJson(project) + formatYaml(project)).not.toMatch(/canary/);
  });
  test('takes names that objects have', () => {
    const { project } = compose('services: { __proto__: { image: a }, constructor: { image: b } }');
    expect(Object.keys(project.services)).toEqual(['__proto__', 'constructor']);
  });
});

describe('paths of Windows', () => {
  const windows = (volume: string, variables: Record<string, string> = {}): string | undefined => {
    const file = {
      path: 'C:\\proj\\compose.yaml',
      content: `services: { a: { image: a, volumes: [${JSON.stringify(volume)}] } }`,
    };
    const some = { files: [file], workingDir: 'C:\\proj', path: win32, home: 'C:\\Users\\u', variables };
    return load({}, some).project.services['a']?.volumes?.[0]?.source;
  };
  test.each([
    ['./data:/d', 'C:\\proj\\data'],
    ['..\\data:/d', 'C:\\data'],
    ['~/data:/d', 'C:\\Users\\u\\data'],
    ['D:\\x:/d', 'D:\\x'],
    ['/var/run/docker.sock:/s', '/var/run/docker.sock'],
    ['\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine', '\\\\.\\pipe\\docker_engine'],
  ])('%s', (volume, source) => {
    expect(windows(volume)).toBe(source);
  });
  test('for the virtual machine, when asked', () => {
    expect(windows('./data:/d', { COMPOSE_CONVERT_WINDOWS_PATHS: '1' })).toBe('/c/proj/data');
  });
});

describe('merging', () => {
  const merged = (base: string, over: string): Loaded =>
    load(
      {
        '/p/compose.yaml': `services: { a: { image: a, ${base} } }`,
        '/p/over.yaml': `services: { a: { ${over} } }`,
      },
      { files: ['/p/compose.yaml', '/p/over.yaml'] },
    );
  test.each([
    ['ports: ["80:80"]', 'ports: !override ["81:81"]', 'ports', [{ target: 81, published: '81' }]],
    ['ports: ["80:80"]', 'ports: !reset []', 'ports', undefined],
    ['environment: [A=1, B=1]', 'environment: { B: 2 }', 'environment', { A: '1', B: '2' }],
    ['command: a b', 'command: [c]', 'command', ['c']],
    ['dns: 1.1.1.1', 'dns: [8.8.8.8]', 'dns', ['1.1.1.1', '8.8.8.8']],
    ['volumes: ["./x:/a"]', 'volumes: ["./y:/a"]', 'volumes', [{ source: '/p/y', target: '/a' }]],
  ] as const)('%s and then %s', (base, over, key, value) => {
    const found = merged(base, over).project.services['a']?.[key];
    if (value === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(value);
  });
  test('an error names the file that it is in', () => {
    expect(errorsOf(() => merged('hostname: h', 'hostnam: h'))).toMatchObject([
      { code: 'model.unknown-key', data: { file: '/p/over.yaml', line: 1, near: 'hostname' } },
    ]);
  });
});

describe('an env file', () => {
  test('is read with its own and other values', () => {
    const text = 'A=1\nexport B="$A $C"\nD=\'$A\'\nE\nF=x # note\n';
    const lookup = (name: string): string | undefined => ({ C: 'c', E: 'e' })[name];
    expect(parseDotenv(text, '.env', lookup)).toEqual({ A: '1', B: '1 c', D: '$A', E: 'e', F: 'x' });
  });
  test('that is wrong names its line and none of its text', () => {
    const [error] = errorsOf(() => parseDotenv('A=1\nTOKEN="canary', '.env', () => undefined));
    expect(error).toMatchObject({ code: 'model.bad-env-file', data: { file: '.env', line: 2 } });
    expect(JSON.stringify(error)).not.toMatch(/canary/);
  });
});

describe('YAML of the model', () => {
  test('has services’ own keys, and texts that YAML would misread in quotes', () => {
    const yaml = formatYaml(
      compose('services: { a: { image: a, x-b: 1, environment: { N: "0440", Y: "yes", E: "" } } }').project,
    );
    expect(yaml).toContain('N: "0440"');
    expect(yaml).toContain('Y: "yes"');
    expect(yaml).toContain('x-b: 1');
  });
});
