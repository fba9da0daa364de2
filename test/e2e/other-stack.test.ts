/// <reference lib="dom" />
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppBox, buildApp, describeApp, docker } from './app-process.ts';
import { until } from './fake-desktop.ts';

interface Bridge {
  readonly call: (name: string, input: unknown) => Promise<{ errors?: { code: string }[] }>;
}

describeApp('another stack is chosen', () => {
  const box = new AppBox('app-first', 18_410);
  let page: Page;

  beforeAll(async () => {
    await buildApp();
    await box.open([]);
    page = await box.window();
    await box.status(/^Stopped: /);
  });
  afterAll(() => box.close());

  /** What the window's calls for a stack are refused with. */
  const codes = (project: string): Promise<string[]> =>
    page.evaluate(async (asked) => {
      const { bridge } = window as unknown as { bridge: Bridge };
      const calls: [string, object][] = [
        ['operate', { kind: 'up', services: [] }],
        ['cancel', {}],
        ['probe', {}],
        ['openUrl', { index: 0 }],
        ['copyAddress', { index: 0 }],
        ['copySecret', { name: 'LETTA_SERVER_PASSWORD' }],
      ];
      const replies = calls.map(([name, input]) => bridge.call(name, { project: asked, ...input }));
      return (await Promise.all(replies)).map((r) => r.errors?.[0]?.code ?? 'answered');
    }, project);

  it('and what is still asked of the one before touches neither', async () => {
    const settings = JSON.parse(readFileSync(box.settingsFile, 'utf8')) as { stacks: Record<string, object> };
    const stacks = { ...settings.stacks, 'app-second': settings.stacks[box.project] };
    writeFileSync(box.settingsFile, JSON.stringify({ version: 1, current: 'app-second', stacks }));
    await until('the window shows the other', async () => {
      const reply = await page.evaluate(() =>
        (window as unknown as { bridge: Bridge }).bridge.call('snapshot', {}),
      );
      const { current, isCurrent } =
        (reply as { value?: { current?: string; isCurrent?: boolean } }).value ?? {};
      return current === 'app-second' && isCurrent === true ? true : undefined;
    });
    expect(await codes('app-first')).toEqual(Array.from({ length: 6 }, () => 'app.other-stack'));
    expect(await docker('ps', '-aq', '--filter', 'name=app-first|app-second')).toBe('');
  });
});
