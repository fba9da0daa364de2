// The second store: an encrypted file, for machines without a keychain.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeEngine, theEngine } from '../setup/lab.ts';
import { freePort, makeCore, openBox } from './helpers/core-box.ts';
import { opens } from './helpers/light-secrets.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { codesOf } from './real-engine.ts';

describeEngine('the encrypted file as the store', () => {
  it('holds what the keychain would, and is opened by the passphrase file', async () => {
    const port = await freePort();
    await using box = await openBox();
    const passphrase = path.join(box.folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery\n', { mode: 0o600 });
    const env = { LETTA_STACK_PASSPHRASE_FILE: passphrase };
    const project = box.project('file');
    const options = { home: box.home, host: theEngine().host };
    const core = makeCore({ ...options, env });
    const variables = { LIGHT_PORT: String(port) };
    await core.edges.settings.update((s) => ({
      ...s,
      secretStore: 'file',
      stacks: { [project]: { profile: 'light-stack', variables } },
    }));
    const ref = { profile: 'light-stack', project, directory: box.folder };
    const file = path.join(box.home, 'config', 'secrets.age');
    try {
      const stack = await core.stack(ref);
      expect((await stack.up({}, new Recorder())).status).toBe('running');
      const store = await core.secretStore();
      const token = (await store.get({ scope: project, name: 'LIGHT_TOKEN' }))!;
      expect(await opens(port, token)).toBe(true);
      const sealed = readFileSync(file);
      expect(sealed.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
      expect(sealed.includes(token)).toBe(false);
    } finally {
      core.close();
    }

    const without = makeCore({ ...options, env: { LETTA_STACK_PASSPHRASE_FILE: undefined } });
    try {
      const stack = await without.stack(ref);
      expect((await stack.up({}, new Recorder())).status).toBe('running');
      expect((await stack.restart(['nginx'], new Recorder())).status).toBe('running');
      const before = await objectsOf(box.engine, project);
      expect(await codesOf(stack.up({ forceRecreate: true }, new Recorder()))).toEqual([
        'secrets.no-passphrase',
      ]);
      expect(await objectsOf(box.engine, project)).toEqual(before);
    } finally {
      without.close();
    }

    writeFileSync(passphrase, 'another\n');
    const wrong = makeCore({ ...options, env });
    try {
      const stack = await wrong.stack(ref);
      expect(await codesOf(stack.up({ forceRecreate: true }, new Recorder()))).toEqual([
        'secrets.wrong-passphrase',
      ]);
    } finally {
      wrong.close();
    }
  });
});
