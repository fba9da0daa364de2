// A key that was put into one store is not taken for set in the other: the real keychain and a real file.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeLab, theEngine } from '../setup/lab.ts';
import { freePort, makeCore, openBox } from './helpers/core-box.ts';
import { Recorder } from './helpers/recorder.ts';
import { codesOf } from './real-engine.ts';

describeLab('a change of the store', () => {
  it('says what stays behind, and names the store of what is missing', async () => {
    await using box = await openBox();
    const passphrase = path.join(box.folder, 'passphrase');
    writeFileSync(passphrase, 'correct horse battery\n', { mode: 0o600 });
    const project = box.project('stores');
    const variables = { LIGHT_PORT: String(await freePort()) };
    await box.core.edges.settings.update((s) => ({
      ...s,
      stacks: { [project]: { profile: 'light-stack', variables } },
    }));
    const env = { LETTA_STACK_PASSPHRASE_FILE: passphrase };
    const core = makeCore({ home: box.home, host: theEngine().host, env });
    const stack = await box.stackFor({ profile: 'light-stack', project });
    const here = (): ReturnType<typeof core.stack> =>
      core.stack({ profile: 'light-stack', project, directory: box.folder });
    try {
      await core.edges.settings.update((s) => ({ ...s, secretStore: 'file' }));
      await (await here()).up({}, new Recorder());
      await core.edges.settings.update(({ secretStore: _file, ...rest }) => rest);
      const listed = await stack.secrets();
      expect(listed.filter((s) => s.elsewhere === 'file' && !s.set).map((s) => s.name)).toContain(
        'LIGHT_TOKEN',
      );
      // what runs goes on; what must be made anew has nothing to be made with
      expect((await (await here()).up({}, new Recorder())).status).toBe('running');
      const refused = (await here()).up({ forceRecreate: true }, new Recorder());
      await expect(refused).rejects.toMatchObject({ errors: [{ data: { keptIn: 'file' } }] });
      expect(await codesOf(refused)).toEqual(['stack.secret-missing']);
      await core.edges.settings.update((s) => ({ ...s, secretStore: 'file' }));
      expect((await (await here()).up({ forceRecreate: true }, new Recorder())).status).toBe('running');
    } finally {
      await core.edges.settings.update(({ secretStore: _file, ...rest }) => rest);
      core.close();
    }
  });
});
