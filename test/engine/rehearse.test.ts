// What keeps a stack from starting is known before another one is stopped for it.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { Stack } from '../../main/stack/stack-types.ts';
import { describeEngine } from '../setup/lab.ts';
import { freePort, openBox } from './helpers/core-box.ts';
import { objectsOf } from './helpers/objects.ts';
import { Recorder } from './helpers/recorder.ts';
import { codesOf } from './real-engine.ts';

describeEngine('a rehearsal of a start', () => {
  it('takes ports of the one to be stopped for free, finds what others hold, and changes nothing', async () => {
    await using box = await openBox();
    const port = await freePort();
    const [a, b] = [box.project('a'), box.project('b')];
    const first = await box.light(a, { LIGHT_PORT: String(port) });
    await first.up({}, new Recorder());
    const before = await objectsOf(box.engine, a);
    const nothing = await objectsOf(box.engine, b);
    const rehearse = (stack: Stack, leaving = a): Promise<readonly string[]> =>
      codesOf(stack.rehearse(leaving, () => false));

    await (await box.light(b, { LIGHT_PORT: String(port) })).rehearse(a, () => false);
    expect(await rehearse(await box.light(b), box.project('c'))).toEqual(['engine.port-taken']);

    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    expect(await rehearse(await box.light(b, { LIGHT_PORT: String(taken) }))).toEqual(['engine.port-taken']);
    server.close();

    // keys that are to be made could be kept nowhere
    await box.core.edges.settings.update((s) => ({ ...s, secretStore: 'file' }));
    expect(await rehearse(await box.light(b))).toEqual(['secrets.no-passphrase']);
    await box.core.edges.settings.update(({ secretStore: _file, ...rest }) => rest);

    expect(await objectsOf(box.engine, a)).toEqual(before);
    expect(await objectsOf(box.engine, b)).toEqual(nothing);
  });
});
