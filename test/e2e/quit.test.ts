import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

/** Buttons of the question what becomes of the stack. */
const KEEP = 0;
const STOP = 1;
const CANCEL = 2;
/** Those of the question what becomes of a start that is not done. */
const WAIT = 0;
const CANCEL_START = 1;
const STAY = 2;

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

  /** In the middle of a start by the tray. */
  async function starting(onQuit: 'keep' | 'stop', response: number): Promise<void> {
    await box.cli('stop', '--project', box.project);
    await start(onQuit, response);
    await box.status(/^Stopped: /);
    await box.tray.click('Start');
    await box.status(/^Starting/);
  }
  const askedOnce = (): Promise<string> =>
    until('it asked', async () => {
      const all = await asked();
      expect(all.length).toBeLessThan(2);
      return all[0];
    });

  it('in the middle of a start asks; who stays has it done, and who waits quits after it', async () => {
    await starting('keep', STAY);
    await quit();
    expect(await askedOnce()).toBe('The start is not done yet');
    await box.status(/^Healthy: /, 60_000);
    await docker('stop', `${box.project}-nginx-1`);
    await box.status(/^(Degraded|Failed): /);
    await answerDialogs(WAIT);
    await box.tray.click('Start');
    await box.status(/^Starting/);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(3);
  });

  it('with the setting stop, stops what came up', async () => {
    await starting('stop', CANCEL_START);
    await quit();
    expect(await exit).toEqual([0, null]);
    expect(await running()).toBe(0);
  });

  it('cancels it where the answer is so, and the next one goes on from there', async () => {
    await starting('keep', CANCEL_START);
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

  it('clicked twice opens one question', async () => {
    await box.cli('up', '--project', box.project);
    await start('ask');
    await box.status(/^Healthy: /);
    await box.app.evaluate(({ dialog }) => {
      const open: ((answer: object) => void)[] = [];
      Object.assign(globalThis, { open });
      dialog.showMessageBox = (() => new Promise((resolve) => open.push(resolve))) as never;
    });
    const open = (): Promise<number> =>
      box.app.evaluate(() => (globalThis as unknown as { open: unknown[] }).open.length);
    await box.tray.click('Quit');
    await until('it asked', async () => ((await open()) > 0 ? true : undefined));
    await box.tray.click('Quit');
    // the click was taken: the tray answers what came after it
    await box.tray.click('Open window');
    await box.window();
    expect(await open()).toBe(1);
    await box.app.evaluate((_electron, response) => {
      (globalThis as unknown as { open: ((answer: object) => void)[] }).open[0]?.({ response });
    }, STOP);
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
