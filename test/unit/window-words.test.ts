// What the window says and offers, where that is decided without a page.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { heroOf } from '../../renderer/hero-model.ts';
import { notNotifying } from '../../renderer/option-words.ts';
import { snippetsOf } from '../../renderer/snippets.ts';
import { appSnapshot, serviceState, stackState } from './helpers/snapshot.ts';

describe('a stack of which a probe fails', () => {
  const heroFor = (answer: string) =>
    heroOf(
      appSnapshot(
        stackState({
          status: 'degraded',
          sentence: `Agents can be counted: ${answer}`,
          cause: { kind: 'probe', sentence: `Agents can be counted: ${answer}` },
          services: [serviceState('server')],
          probes: [
            {
              id: 'agents',
              label: 'Agents can be counted',
              service: 'server',
              ok: false,
              answer,
              tookMs: 1,
              at: '2026-05-04T12:00:00Z',
            },
          ],
        }),
      ),
      undefined,
    );

  it.each([
    'psql: error: FATAL:  password authentication failed for user "letta"',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'HTTP 401',
  ])('for a refused password is offered its changes first: %s', (answer) => {
    const hero = heroFor(answer);
    expect(hero.primary).toEqual({ text: 'Apply changes …', ask: { do: 'preview' } });
    expect(hero.others.map((o) => o.text)).toEqual(['Restart server', 'Stop']);
    // the probe's row has the answer
    expect(`${hero.sentence} ${hero.next}`).not.toContain(answer);
    expect(hero.sentence).toContain('Agents can be counted');
  });

  it('for anything else is offered a restart', () => {
    const hero = heroFor('HTTP 500');
    expect([hero.primary?.text, hero.sentence]).toEqual([
      'Restart server',
      'Agents can be counted: HTTP 500',
    ]);
  });
});

it.each(['unsupported', 'denied'] as const)(
  'where notifications are %s the tray is spoken of as it is',
  (how) => {
    expect(notNotifying(how, false)).toContain('marked on the icon in the tray');
    expect(notNotifying(how, true)).toMatch(/no tray icon.*in this window alone/);
  },
);

it.each([
  ['letta', 'http://127.0.0.1:8283/v1/agents/'],
  ['app-server', 'http://127.0.0.1:8283/v1/models'],
] as const)(
  'the request by curl to %s has the secret on its stdin, in no command line',
  async (api, asked) => {
    const [curl] = snippetsOf(api, 'http://127.0.0.1:8283/v1', 'MY_PASSWORD');
    const env = { ...process.env, MY_PASSWORD: 'pa ss%s' };
    const said = `curl() { echo "$@"; cat; }\n${curl?.text}`;
    const { stdout } = await promisify(execFile)('sh', ['-c', said], { env });
    expect(stdout).toBe(`-fsS -K - ${asked}\nheader = "Authorization: Bearer pa ss%s"\n`);
  },
);
