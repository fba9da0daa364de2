import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { AppBox, docker } from '../e2e/app-process.ts';
import { pidOf } from '../setup/pid-of.ts';
import { until } from '../e2e/fake-desktop.ts';
import { compare, median, type Measure } from './measure.ts';
import { memoryOf, processorOf } from './processes.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const BARE = path.join(ROOT, 'test/bench/bare-app');
const SAY_WINDOW = path.join(ROOT, 'test/bench/say-window.cjs');
const IDLE_MS = 60_000;
/** the garbage of the start is gone by then: V8 collects it in the first minute */
const SETTLED_MS = 60_000;

const limit = (measure: string, ours: number, most: number, unit: string): Measure => ({
  measure: `${measure} (${unit})`,
  ours,
  goal: `≤ ${most} ${unit}`,
  met: ours <= most,
});

/** What the app costs, and how soon it shows what happens. Medians of at least 10. */
export async function measureApp(runs: number): Promise<Measure[]> {
  const times = Math.max(runs, 10);
  const box = new AppBox('bench-app', 18_394);
  try {
    await box.openDesktop();
    await box.wipe();
    await box.cli('up', '--project', box.project, '--yes');
    const ours = (...args: string[]): Started => new Started(box, ROOT, args);
    const bare = (...args: string[]): Started => new Started(box, BARE, args);
    return [
      await compare(
        'spawn to tray ready, against a bare tray app',
        1.1,
        times,
        toTray(() => ours('--hidden')),
        toTray(() => bare()),
      ),
      await compare(
        'window shown, against a bare window',
        1.25,
        times,
        toWindow(() => ours()),
        toWindow(() => bare('--window')),
      ),
      await compare(
        'memory (PSS, bytes), window closed, stack healthy',
        1.1,
        times,
        settled(
          () => ours('--hidden'),
          (app) => app.healthy(),
        ),
        settled(
          () => bare(),
          (app) => app.tray(),
        ),
      ),
      await idle(() => ours('--hidden'), times),
      ...(await feedback(box, times)),
      bundle(),
    ];
  } finally {
    await box.wipe();
    await box.close();
  }
}

/** An Electron with an app that was just spawned. */
class Started {
  readonly #box: AppBox;
  readonly #child: ChildProcess;
  readonly #begun = Date.now();
  readonly #icons: number;
  #output = '';

  constructor(box: AppBox, folder: string, args: readonly string[]) {
    this.#box = box;
    this.#icons = box.desktop.icons;
    const [program, ...rest] = box.command(folder, args);
    this.#child = spawn(program!, ['-r', SAY_WINDOW, ...rest], {
      env: box.environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child.stdout?.on('data', (data: Buffer) => (this.#output += data.toString()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Milliseconds from the spawn to the icon on the bus. */
  async tray(): Promise<number> {
    const at = await until('a tray icon', () => this.#box.desktop.iconAt(this.#icons));
    return at - this.#begun;
  }

  /** Once its menu says that all is well. */
  async healthy(): Promise<void> {
    const tray = await this.#box.desktop.tray(this.#icons);
    await until('a healthy stack', async () => {
      const [first = ''] = await tray.words().catch(() => []);
      return first.startsWith('Healthy: ') ? true : undefined;
    });
  }

  async window(): Promise<number> {
    const at = await until('a window', () => /@window (\d+)/.exec(this.#output)?.[1]);
    return Number(at) - this.#begun;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

const toTray = (start: () => Started) => (): Promise<number> => using(start, (app) => app.tray());
const toWindow = (start: () => Started) => (): Promise<number> => using(start, (app) => app.window());

/** Memory 10 s after it is `ready`. */
const settled = (start: () => Started, ready: (app: Started) => Promise<unknown>) => (): Promise<number> =>
  using(start, async (app) => {
    await ready(app);
    await sleep(10_000);
    return memoryOf(app.pid);
  });

async function using<T>(start: () => Started, work: (app: Started) => Promise<T>): Promise<T> {
  const app = start();
  try {
    return await work(app);
  } finally {
    await app.end();
  }
}

/** The median of minutes of one run, one after another. */
async function idle(start: () => Started, times: number): Promise<Measure> {
  const used = await using(start, async (app) => {
    await app.healthy();
    await sleep(SETTLED_MS);
    const minutes: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const before = processorOf(app.pid);
      await sleep(IDLE_MS);
      minutes.push(processorOf(app.pid) - before);
    }
    return minutes;
  });
  return limit(
    'processor over 60 s idle with a healthy stack',
    Number(((median(used) / IDLE_MS) * 100).toFixed(2)),
    0.2,
    '% of a core',
  );
}

/** From the engine's event to the tray, and from a click to a word of it. */
async function feedback(box: AppBox, times: number): Promise<Measure[]> {
  await box.open();
  await box.status(/^Healthy: /);
  const redis = `${box.project}-redis-1`;
  const seen: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const pid = await pidOf(redis);
    process.kill(pid, 'SIGSTOP');
    const shown = await changed(box, /^Degraded: /);
    process.kill(pid, 'SIGCONT');
    const at = await docker(
      'events',
      '--since',
      '30s',
      // an end in this second would leave out what happened in it
      '--until',
      String(Math.ceil(Date.now() / 1_000) + 1),
      '--filter',
      `container=${redis}`,
      '--filter',
      'event=health_status',
      '--format',
      '{{.TimeNano}} {{.Action}}',
    );
    const event = at
      .trim()
      .split('\n')
      .findLast((line) => line.endsWith('unhealthy'));
    seen.push(shown - Number(event?.split(' ')[0]) / 1e6);
    await box.status(/^Healthy: /);
  }
  const clicks: number[] = [];
  for (let i = 0; i < times; i += 1) {
    await box.tray.click('Stop');
    await box.status(/^Stopped: /);
    const clicked = Date.now();
    await box.tray.click('Start');
    clicks.push((await changed(box, /^Starting/)) - clicked);
    await box.status(/^Healthy: /);
  }
  await box.tray.click('Stop');
  await box.status(/^Stopped: /);
  await box.tray.click('Open window');
  const page = await box.window();
  const drawn: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const start = page.getByRole('main').getByRole('button', { name: 'Start', exact: true });
    drawn.push(await start.evaluate(untilStarting));
    await box.status(/^Healthy: /);
    await box.tray.click('Stop');
    await box.status(/^Stopped: /);
  }
  return [
    limit(
      "from the engine's event of an unhealthy container to the tray",
      Math.round(median(seen)),
      300,
      'ms',
    ),
    limit('from a click on Start in the tray to the first word of it', Math.round(median(clicks)), 100, 'ms'),
    limit(
      'from a click on Start in the window to the first word of it',
      Math.round(median(drawn)),
      100,
      'ms',
    ),
  ];
}

/** Runs in the page: clicks, and gives the milliseconds until the word is drawn. */
const untilStarting = (button: Element): Promise<number> =>
  new Promise((resolve) => {
    const begun = performance.now();
    const seen = new MutationObserver(() => {
      if (document.querySelector('h1')?.textContent !== 'Starting') return;
      seen.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - begun));
    });
    seen.observe(document.body, { subtree: true, childList: true, characterData: true });
    (button as HTMLElement).click();
  });

/** When the tray's first line says so, in milliseconds since 1970. */
async function changed(box: AppBox, words: RegExp): Promise<number> {
  await box.status(words, 60_000);
  return Date.now();
}

function bundle(): Measure {
  const folder = path.join(ROOT, 'out/renderer/assets');
  const size = readdirSync(folder)
    .filter((f) => /\.(js|css)$/.test(f))
    .reduce((sum, f) => sum + gzipSync(readFileSync(path.join(folder, f))).length, 0);
  return limit('bundle of the page, compressed', Math.round(size / 1024), 250, 'KB');
}
