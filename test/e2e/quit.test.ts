import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

/** Buttons of the question. */
const KEEP = 0;
const STOP = 1;
const CANCEL = 2;

describeApp('Quit', () => {
  const box = new AppBox('app-quit', 18_418);
  let exit: Promise<unknown[]>;

  beforeAll(async () => {
    await buildApp();
    await box.wipe(); // of a run that was killed
    await box.openDesktop();
    await box.cli('up', '--project', box.project);
  });
  afterAll(async () => {
    await box.wipe();
    await box.close();
  });

  const running = async (): Promise<number> =>
    (await docker('ps', '-q', '--filter', `name=${box.project}`)).split('\n').filter(Boolean).length;

  /** The app with this setting, and each message box answered so. */
  async function start(onQuit: 'keep' | 'stop' | 'ask', response?: number): Promise<void> {
    const settings = JSON.parse(readFileSync(box.settingsFile, 'utf8')) as object;
    writeFileSync(box.settingsFile, JSON.stringify({ ...settings, app: { onQuit } }));
    await box.open();
    // all of it is loaded
    await box.status(/: /);
    await answerDialogs(response);
    exit = once(box.app.process(), 'exit');
  }
  /** Each message box is answered so, and remembered. */
  async function answerDialogs(response?: number): Promise<void> {
    await until('dialogs are answered', () =>
      box.app
        .evaluate(({ dialog }, answered) => {
          const asked: string[] = [];
          Object.assign(globalThis, { asked });
          dialog.showMessageBox = ((options: { message: string }) => {
            asked.push(options.message);
            if (answered === undefined) throw new Error('nothing was to be asked');
            return Promise.resolve({ response: answered, checkboxChecked: false });
          }) as never;
          return true as const;
        }, response)
        .catch((error: unknown) => {
          // V8's inspector may lose an answer while main collects its garbage
          if (!String(error).includes('garbage collected')) throw error;
          return undefined;
        }),
    );
  }
  const asked = (): Promise<string[]> =>
    box.app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
  /** It may be gone before it answers. */
  const quit = (): Promise<void> => box.tray.click('Quit').catch(() => {});

  it('keeps the stack where that is the setting', async () => {
    await start('keep');
    await box.status(/^Healthy: /);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(3);
  });

  it('asks where that is the setting; who cancels stays, who keeps goes', async () => {
    await start('ask', CANCEL);
    await box.status(/^Healthy: /);
    await quit();
    await until('it asked', async () => ((await asked()).length > 0 ? true : undefined));
    expect(await asked()).toEqual(['Stop Letta too?']);
    await box.status(/^Healthy: /);
    await answerDialogs(KEEP);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(3);
  });

  it('stops the stack where the answer is so', async () => {
    await start('ask', STOP);
    await box.status(/^Healthy: /);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(0);
  });

  it.each(['keep', 'stop', 'ask'] as const)(
    'asks and stops nothing where nothing runs: %s',
    async (onQuit) => {
      await start(onQuit);
      await box.status(/^Stopped: /);
      await quit();
      expect(await exit).toEqual([0, null]);
    },
  );

  it('in the middle of a start, with the setting stop, stops what came up', async () => {
    await box.cli('stop', '--project', box.project);
    await start('stop');
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Starting/);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(0);
  });

  it('in the middle of a start ends it, and the next one goes on from there', async () => {
    await box.cli('stop', '--project', box.project);
    await start('keep');
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Starting/);
    await quit();
    expect(await exit).toEqual([0, null]);
    await start('stop');
    await box.status(/^(Stopped|Degraded|Failed): /);
    await box.tray.click('Start');
    await box.status(/^Healthy: /, 60_000);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(0);
  });

  it('stays and says why where the stack cannot be stopped', async () => {
    await box.cli('up', '--project', box.project);
    await start('stop');
    await box.status(/^Healthy: /);
    // as long as another process works on it
    const busy = box.cli('restart', '--project', box.project);
    await box.status(/^Restarting/);
    await quit();
    const page = await box.window();
    await page.getByText(/is busy: restart by process/).waitFor();
    await busy;
    await box.status(/^Healthy: /);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(0);
  });
});
