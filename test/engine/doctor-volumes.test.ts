// What the doctor gives to another user is the volume that it names, and nothing that is mounted in or beside it.
import { chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../main/system/doctor-types.ts';
import type { Stack, StackRef } from '../../main/stack/stack-types.ts';
import { describeLab } from '../setup/lab.ts';
import { runWell } from './helpers/commands.ts';
import { openBox, type CoreBox } from './helpers/core-box.ts';
import { Recorder } from './helpers/recorder.ts';

const IMAGE = 'lab/base:bookworm';
const docker = (...args: string[]): Promise<string> => runWell('docker', args);

describeLab('the owner of a volume', () => {
  let box: CoreBox;
  let project: string;
  let file: string;
  let mine: string;
  let device: string;
  let stack: Stack;
  const ref = (): StackRef => ({ files: [file], project, directory: box.folder });
  const find = async (): Promise<Finding | undefined> =>
    (await box.core.doctor({ ref: ref(), only: ['volumes'] }))[0];
  const owner = (name: string): string => {
    const { uid, gid } = statSync(name);
    return `${uid}:${gid}`;
  };
  const inside = (...args: string[]): Promise<string> =>
    docker('exec', '--user', '0', `${project}-app-1`, ...args);

  beforeAll(async () => {
    box = await openBox();
    project = box.project('owner');
    [mine, device] = [path.join(box.folder, 'mine'), path.join(box.folder, 'device')];
    for (const folder of [mine, device]) {
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'letter.txt'), 'mine');
      for (const name of [folder, path.join(folder, 'letter.txt')]) chownSync(name, 1234, 1234);
    }
    symlinkSync('/data/mine/letter.txt', path.join(mine, 'link'));
    file = path.join(box.folder, 'compose.yaml');
    const app = { image: IMAGE, init: true, command: ['sleep', 'infinity'], stop_grace_period: '1s' };
    const volumes = {
      data: {},
      nested: {},
      device: { driver: 'local', driver_opts: { type: 'none', o: 'bind', device } },
    };
    const mounts = ['data:/data', `${mine}:/data/mine`, 'nested:/data/nested:ro'];
    writeFileSync(
      file,
      JSON.stringify({
        services: {
          app: { ...app, user: '1000', volumes: mounts },
          linked: { ...app, user: '1000', volumes: ['device:/data'] },
          other: { ...app, user: '0', volumes: ['data:/there'] },
        },
        volumes,
      }),
    );
    stack = await box.core.stack(ref());
    await stack.up({}, new Recorder());
    await inside(
      'sh',
      '-c',
      'mkdir /data/sub && touch /data/sub/file && ln -s /data/mine/letter.txt /data/link',
    );
  });
  afterAll(() => box[Symbol.asyncDispose]());

  it('is changed in that volume, and nowhere else', async () => {
    const found = await find();
    expect(found?.detail.split('\n').toSorted()).toEqual([
      'app: user 1000 may not write to /data',
      'linked: user 1000 may not write to /data',
    ]);
    expect(found).toMatchObject({
      status: 'fail',
      fix: 'Give the mounted folder to that user, or mount it without :ro',
    });
    expect(found?.remedy).toEqual({
      do: 'repair',
      label: 'Give it to that user',
      asks:
        `Everything in volume ${project}_data (/data of app) gets the owner 1000:0 (chown -R). ` +
        'What is mounted below it is not touched. It is also used by other.',
    });
    await box.core.repair({ ref: ref(), id: 'volumes', io: new Recorder() });
    // a volume that stands for a folder of the user's is the user's to give
    const left = await find();
    expect(left).toMatchObject({ status: 'fail', detail: 'linked: user 1000 may not write to /data' });
    expect(left?.remedy).toBeUndefined();
    const owners = await inside(
      'stat',
      '-c',
      '%n %u:%g',
      '/data',
      '/data/sub/file',
      '/data/link',
      '/data/nested',
    );
    expect(owners.trim().split('\n')).toEqual([
      '/data 1000:0',
      '/data/sub/file 1000:0',
      '/data/link 1000:0',
      '/data/nested 0:0',
    ]);
    for (const folder of [mine, device])
      expect([folder, path.join(folder, 'letter.txt')].map(owner)).toEqual(['1234:1234', '1234:1234']);
    expect(await box.engine.containers.list({ label: ['letta-stack.volume-owner'] }, { all: true })).toEqual(
      [],
    );
  });
});
