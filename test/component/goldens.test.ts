// What the window looks like in every state and place, held to pictures that were looked at before they were kept.
// RECORD_GOLDENS=1 npm test -- component goldens records them anew.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppSnapshot, SetupStep } from '../../main/channels.ts';
import { appError, saidOf } from '../../main/errors.ts';
import {
  ENV_IMPORT,
  FINDINGS,
  gpuOf,
  KEY_STORE,
  KEYS_FIRST,
  KEYS_UNKNOWN,
  LOCKED_BACKUP,
  OLLAMA_HIDDEN,
  OWN_FILES_WRONG,
  PREVIEW_HIDDEN,
  PREVIEW_NOTHING,
  PREVIEW_TO_CONFIRM,
  TAKEN_OF_BACKUP,
  TAKEN_SOME,
  WRONG_PASSPHRASE,
} from './answers.ts';
import { compareGolden, goldensMade, MADE_WITH } from './goldens.ts';
import { ENGINE_STOPPED, NO_ENGINE } from './setup-answers.ts';
import { AT, inSetup, STATES, type StateName } from './states.ts';
import { MISSING, WindowBench, type Given, type WindowPage } from './window.ts';

interface Shown {
  readonly given: Given;
  /** leads from the overview to what is shown */
  readonly go?: (shown: WindowPage) => Promise<void>;
}

const key =
  (keys: string, title: string) =>
  async ({ page }: WindowPage): Promise<void> => {
    await page.keyboard.press(keys);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
  };

/** A backup that is chosen, with its passphrase typed. */
const backup = (words: string, answers: Given['answers'] = {}): Shown => ({
  given: {
    snapshot: STATES.running,
    answers: { preview: PREVIEW_NOTHING, chooseImport: LOCKED_BACKUP, ...answers },
  },
  go: async ({ page }) => {
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'Open keys' }).click();
    await page.getByRole('button', { name: 'Import from a file …' }).click();
    await page.getByLabel('Passphrase of the backup').fill('words in a row');
    await page.keyboard.press('Enter');
    await page.getByText(words).waitFor();
  },
});

const LEFT_IN = saidOf([
  appError('secrets.left-in', {}),
  appError('secrets.locked', { reason: "couldn't access platform storage: DBus error: prompt dismissed" }),
]);
const REFUSED = {
  code: 'engine.not-running',
  data: {},
  message: 'The container engine at unix:///var/run/docker.sock is not running: connection refused',
  next: 'Start it (sudo systemctl start docker, or open Docker Desktop).',
};

const running: Given = { snapshot: STATES.running };

/** A button of the settings that opens a dialog. */
const dialogOf =
  (button: RegExp | string, inIt: RegExp | string) =>
  async (shown: WindowPage): Promise<void> => {
    await key('Control+,', 'Settings')(shown);
    await shown.page.getByRole('button', { name: button }).first().click();
    await shown.page.getByRole('dialog').getByText(inIt).first().waitFor();
  };

/** A step of the setup, once it says this. */
const step = (
  at: SetupStep,
  words: string | RegExp,
  answers: Given['answers'] = {},
  state: AppSnapshot = STATES.first,
): Shown => ({
  given: { snapshot: inSetup(state, { step: at, project: 'letta-production' }), answers },
  go: ({ page }) => page.getByText(words).first().waitFor(),
});

const SHOWN: Readonly<Record<string, Shown>> = {
  ...Object.fromEntries(
    (Object.keys(STATES) as StateName[]).map((name) => [
      `overview ${name}`,
      { given: { snapshot: STATES[name] } },
    ]),
  ),
  'overview used': {
    given: running,
    go: async (shown) => {
      for (let i = 0; i <= 60; i += 1) {
        const at = new Date(Date.parse(AT) - (60 - i) * 4_000).toISOString();
        const services = ['db', 'redis', 'server', 'nginx'].map((service, n) => ({
          service,
          cores: 0.02 + 0.3 * n * Math.abs(Math.sin(i / (4 + n))),
          memory: (n + 1) * (90e6 + i * n * 1e6),
        }));
        await shown.push('use', { at, services });
      }
      await shown.page
        .getByRole('img', { name: /memory \(dots\)/ })
        .first()
        .waitFor();
    },
  },
  logs: { given: running, go: key('Control+2', 'Logs') },
  'logs searched': {
    given: running,
    go: async (shown) => {
      await key('Control+2', 'Logs')(shown);
      await shown.page.getByRole('searchbox').fill('agents');
      await shown.page.getByText(/60 matches/).waitFor();
    },
  },
  'logs with secrets': {
    given: running,
    go: async (shown) => {
      await key('Control+2', 'Logs')(shown);
      await shown.page.getByText('limit=59 ').waitFor();
      await shown.pushLogs([], { unredacted: LEFT_IN });
      await shown.page.getByText('Secrets are not taken out').waitFor();
    },
  },
  'logs empty': {
    given: { snapshot: STATES.first, answers: { followLogs: { lines: [], hasOlder: false } } },
    go: key('Control+2', 'Logs'),
  },
  'logs refused': {
    given: { snapshot: STATES.unreachable, answers: { followLogs: { errors: [REFUSED] } } },
    go: key('Control+2', 'Logs'),
  },
  restart: {
    given: running,
    go: async ({ page }) => {
      await page.getByRole('button', { name: 'Restart', exact: true }).first().click();
      await page.getByRole('dialog').getByText('db, redis, server, nginx').waitFor();
    },
  },
  remove: { given: running, go: dialogOf('Remove everything …', 'letta-production_pgdata') },
  switch: { given: running, go: dialogOf(/^Switch …/, 'Stop and start') },
  'own file': {
    given: { ...running, answers: { openOwnFile: OWN_FILES_WRONG } },
    go: dialogOf('Open a Compose file …', 'is it image?'),
  },
  doctor: { given: running, go: key('Control+3', 'Doctor') },
  'doctor asks': {
    given: running,
    go: async (shown) => {
      await key('Control+3', 'Doctor')(shown);
      await shown.page.getByRole('button', { name: 'Reset the password …' }).click();
      await shown.page.getByRole('dialog').getByText('No data changes.').waitFor();
    },
  },
  'doctor of a stopped stack': {
    given: {
      snapshot: STATES.stopped,
      answers: { doctor: FINDINGS.map((f) => ({ ...f, status: f.category === 'database' ? 'skip' : 'ok' })) },
    },
    go: key('Control+3', 'Doctor'),
  },
  settings: { given: running, go: key('Control+,', 'Settings') },
  keys: {
    given: { ...running, answers: { preview: PREVIEW_NOTHING } },
    go: async (shown) => {
      await key('Control+,', 'Settings')(shown);
      await shown.page.getByRole('button', { name: 'Open keys' }).click();
      await shown.page.getByText('in this computer’s keychain').waitFor();
      await shown.page.locator('details.provider > summary').first().click();
    },
  },
  'keys not known': {
    given: {
      ...running,
      answers: { preview: PREVIEW_NOTHING, keys: KEYS_UNKNOWN, keyStore: { ...KEY_STORE, status: 'locked' } },
    },
    go: async (shown) => {
      await key('Control+,', 'Settings')(shown);
      await shown.page.getByRole('button', { name: 'Open keys' }).click();
      await shown.page.getByText('The keychain is locked').waitFor();
      await shown.page.locator('details.provider > summary').first().click();
    },
  },
  import: {
    given: {
      ...running,
      answers: { preview: PREVIEW_NOTHING, chooseImport: ENV_IMPORT, takeImport: TAKEN_SOME },
    },
    go: async ({ page }) => {
      await page.keyboard.press('Control+,');
      await page.getByRole('button', { name: 'Open keys' }).click();
      await page.getByRole('button', { name: 'Import from a file …' }).click();
      await page.getByRole('button', { name: 'Store 2' }).click();
      await page.getByText('would be lost with it').waitFor();
    },
  },
  backup: backup('does not open', { openImport: { errors: WRONG_PASSPHRASE } }),
  'backup opened': backup('Of no stack here'),
  'backup taken': {
    ...backup('Of no stack here', { takeImport: TAKEN_OF_BACKUP }),
    go: async (shown) => {
      await backup('Of no stack here').go?.(shown);
      await shown.page.getByRole('button', { name: 'Store 2' }).click();
      await shown.page.getByText('stays as it is').waitFor();
    },
  },
  inference: {
    given: { ...running, answers: { gpu: gpuOf({}, { model: 'Qwen/Qwen3-14B' }) } },
    go: async (shown) => {
      await key('Control+,', 'Settings')(shown);
      const card = shown.page.getByRole('region', { name: 'Local inference' });
      await card.getByRole('combobox', { name: 'Model' }).selectOption('Qwen/Qwen3-14B');
      await card.getByText('Arithmetic').click();
      await card.getByRole('row', { name: /^Usable/ }).waitFor();
      await shown.page.evaluate(`document.querySelector('.gpu').scrollIntoView()`);
    },
  },
  palette: {
    given: running,
    go: async ({ page }) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
    },
  },
  'setup engine': step('engine', 'Room for data'),
  'setup no engine': step('engine', 'Install Docker Engine.', { engineFacts: NO_ENGINE }, STATES.unreachable),
  'setup engine stopped': step(
    'engine',
    'Start Docker Engine',
    { engineFacts: ENGINE_STOPPED },
    STATES.unreachable,
  ),
  'setup profile': step('profile', 'Recommended'),
  'setup keys': step('keys', 'Make one', { keys: KEYS_FIRST }),
  'setup keys model server': {
    ...step('keys', 'Make one', { keys: KEYS_FIRST, modelServers: [OLLAMA_HIDDEN] }),
    go: async ({ page }) => {
      await page.getByText('found on this machine').click();
      await page.getByText(/do not reach it yet/).scrollIntoViewIfNeeded();
    },
  },
  'setup place': step('place', 'Use port 8284 instead', { doctor: FINDINGS }),
  'setup review': step('review', 'Keep as it is'),
  'setup review model server': step('review', 'sudo systemctl edit ollama', { preview: PREVIEW_HIDDEN }),
  'setup starting': step('start', 'All steps', {}, STATES.pulling),
  'setup failed': step('start', 'Try again', {}, STATES['start failed']),
  'setup started': step('start', 'Send', {}, STATES.running),
  'setup started app server': {
    given: { snapshot: inSetup(STATES['app server'], { step: 'start', project: 'letta-app-server' }) },
    go: async ({ page }) => {
      await page.getByRole('tab', { name: 'Python' }).click();
      await page.getByRole('button', { name: 'Send' }).click();
      const answer = page.getByRole('blockquote');
      await answer.waitFor();
      await answer.scrollIntoViewIfNeeded();
    },
  },
  'overview setup left': {
    given: { snapshot: inSetup(STATES.first) },
    go: key('Control+1', 'Not started yet'),
  },
  preview: {
    given: { snapshot: STATES.first, answers: { preview: PREVIEW_TO_CONFIRM } },
    go: async ({ page }) => {
      await page.getByRole('button', { name: 'Start …' }).click();
      await page.getByRole('dialog').getByText('Free some space.').waitFor();
    },
  },
};

const made = goldensMade();
if (!MISSING && made !== undefined && made !== MADE_WITH)
  console.warn(`pictures are skipped: they were made with ${made}, and here is ${MADE_WITH}`);

describe.skipIf(MISSING !== undefined || (made !== undefined && made !== MADE_WITH))('pictures', () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await WindowBench.open();
  });
  afterAll(() => bench.close());

  test.each(Object.entries(SHOWN))('%s', async (name, { given, go }) => {
    const shown = await bench.page({ ...given, now: AT, isStill: true });
    await go?.(shown);
    for (const scheme of ['light', 'dark'] as const) {
      await shown.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await shown.page.evaluate(drawn);
      const picture = await shown.page.screenshot({ animations: 'disabled' });
      expect(compareGolden(name, scheme, picture)).toBe('as recorded');
    }
    expect(shown.complaints).toEqual([]);
    await shown.close();
  });
});

/** Runs in the page: what was turned is also painted by the frame after the next. */
const drawn = (): Promise<unknown> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
