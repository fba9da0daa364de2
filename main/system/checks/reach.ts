import type { DoctorContext } from '../doctor-types.ts';
import { isMissing } from './parts.ts';

/**
 * Asks addresses over HTTP, all at once, without any key; a line each: its number, then the status or `-` and why not.
 * Any status is an answer. The addresses hold no secret.
 */
const ASK = `
  n=0
  for url; do
    n=$((n + 1))
    (
      if command -v curl >/dev/null 2>&1; then
        code=$(curl -sS -o /dev/null -m 4 -w '%{http_code}' "$url" 2>&1) && echo "$n $code" || echo "$n - $code"
      else
        python3 - "$n" "$url" <<'EOF'
import sys, urllib.error, urllib.request
number, url = sys.argv[1:]
try:
    print(number, urllib.request.urlopen(url, timeout=4).status)
except urllib.error.HTTPError as error:
    print(number, error.code)
except Exception as error:
    print(number, "-", getattr(error, "reason", error))
EOF
      fi
    ) &
  done
  wait`;

export interface Answered {
  readonly url: string;
  /** HTTP status; undefined where nothing answers */
  readonly status: number | undefined;
  /** why nothing answers */
  readonly reason: string;
}

/** What addresses answer to a service, in the order given; undefined where it does not run or has nothing to ask with. */
export async function reachedFrom(
  ctx: DoctorContext,
  service: string,
  urls: readonly string[],
): Promise<readonly Answered[] | 'not running' | 'no tool'> {
  const answer = await ctx.inside(service, { cmd: ['sh', '-c', ASK, 'sh', ...urls], timeoutMs: 8_000 });
  if (!answer) return 'not running';
  if (isMissing(answer) || answer.stdout.trim() === '') return 'no tool';
  const lines = answer.stdout.split('\n');
  return urls.map((url, i) => {
    const said =
      lines.find((line) => line.startsWith(`${i + 1} `))?.slice(`${i + 1} `.length) ?? '- no answer';
    const status = /^\d{3}$/.test(said) ? Number(said) : undefined;
    // curl says its own name and number before the reason, and the status that it did not get
    const reason = said
      .replace(/^- /, '')
      .replace(/^curl: \(\d+\) /, '')
      .replace(/\s*000$/, '');
    return { url, status, reason: status === undefined ? reason : '' };
  });
}
