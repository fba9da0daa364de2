import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Snapshot } from '../../main/contract.ts';
import { AppBox, buildApp, describeApp } from './app-process.ts';

const RIGHT = 'the-password-of-this-server';

describeApp('the connection to a real Letta', () => {
  const box = AppBox.ofProduction(18_402);
  const setPassword = (value: string): Promise<string> =>
    box.cliGiven(value, 'secrets', 'set', 'production', 'LETTA_SERVER_PASSWORD');

  beforeAll(async () => {
    await buildApp();
    await box.wipe(); // of a run that was killed
    await setPassword(RIGHT); // the keychain may hold one of an earlier run
    await box.cli('up', 'production', '--yes');
    await box.open([]);
  }, 300_000);
  afterAll(async () => {
    await box.wipe();
    await box.close();
  });

  it('is tried with the password, which is right, and then with another, which is not', async () => {
    const page = await box.window();
    await setPassword(RIGHT);
    await page.getByRole('heading', { name: 'Healthy' }).waitFor();
    const test = page.getByRole('button', { name: 'Test the connection' });
    await test.click();
    await page.getByText('HTTP 200: the password is right').waitFor();
    // the server that runs keeps the one that it was started with
    await setPassword('another-password-than-before');
    await test.click();
    await page.getByText(/^HTTP 401: the server refuses the password/).waitFor();
  });

  it('is not touched by another profile that runs beside it', async () => {
    await box.cli('settings', 'set', 'app-server', 'port', '18403');
    await box.cli('up', 'app-server', '--yes');
    const statusOf = async (profile: string): Promise<unknown> => {
      const told = JSON.parse(await box.cli('status', profile, '--format', 'json')) as Snapshot;
      return told.stacks[0]?.status;
    };
    expect([await statusOf('production'), await statusOf('app-server')]).toEqual(['running', 'running']);
    await box.cli('remove', 'app-server', '--yes-delete', 'letta-app-server');
    expect(await statusOf('production')).toBe('running');
  });
});
