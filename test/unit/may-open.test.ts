import { describe, expect, it } from 'vitest';
import { mayOpen } from '../../main/may-open.ts';
import { PROVIDERS } from '../../main/providers.ts';

const OWN = [
  { label: 'API', url: 'http://127.0.0.1:8283/v1/' },
  { label: 'There', url: 'http://10.0.0.7:8283/', on: 'a-server' },
  { label: 'Files', url: 'file:///etc/passwd' },
  { label: 'Shell', url: 'ssh://127.0.0.1' },
  { label: 'Nothing', url: 'no address' },
];

describe('the system is given', () => {
  it.each<[url: string, may: boolean]>([
    ['https://docs.example.org/keys', true],
    ['HTTPS://docs.example.org', true],
    ['http://127.0.0.1:8283/v1/', true],
    // another path, port or name is another address
    ['http://127.0.0.1:8283/', false],
    ['http://127.0.0.1:8284/v1/', false],
    ['http://127.0.0.1:8283/v1/?x', false],
    ['http://example.org/', false],
    // the browser here would reach whatever has it on this machine
    ['http://10.0.0.7:8283/', false],
    // of the stack's own, too
    ['file:///etc/passwd', false],
    ['ssh://127.0.0.1', false],
    ['no address', false],
    ['javascript:alert(1)', false],
    ['data:text/html,<script>1</script>', false],
    ['app://window/index.html', false],
    ['ms-msdt:/id PCWDiagnostic', false],
    ['\\\\server\\share\\program.exe', false],
    ['/usr/bin/xterm', false],
    ['', false],
  ])('%s: %s', (url, may) => {
    expect(mayOpen(url, OWN)).toBe(may);
  });

  it('the page of every provider', () => {
    expect(PROVIDERS.filter(({ page }) => !mayOpen(page, []))).toEqual([]);
  });
});
