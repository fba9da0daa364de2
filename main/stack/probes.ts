/** Deep readiness: which questions a profile asks, and what an answer means. Pure. */
import type { Probe, ProfileBlock } from './profile-schema.ts';
import { fillSettings, type Chosen } from './profile-settings.ts';

/** What came of one question. `answer` is one line. */
export interface Verdict {
  readonly ok: boolean;
  readonly answer: string;
}

/** What an exec in the container gave. */
export interface ExecAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The probes of a profile with its settings in their addresses. Those that ask the published address from here are
 * left out when the engine is elsewhere: it is published there.
 */
export function probesOf(block: ProfileBlock, chosen: Chosen, engineIsHere: boolean): Probe[] {
  return block.probes.flatMap((probe): Probe[] => {
    if (probe.kind === 'exec') return [probe];
    return engineIsHere ? [{ ...probe, url: fillSettings(block, chosen, probe.url) }] : [];
  });
}

/** An exec is as it should be when it ended with 0 and its output matches what is expected. */
export function execVerdict(probe: Extract<Probe, { kind: 'exec' }>, result: ExecAnswer): Verdict {
  const output = oneLine(result.stdout);
  if (result.exitCode !== 0) {
    return {
      ok: false,
      answer: oneLine(withoutRepeats(result.stderr)) || output || `exit code ${result.exitCode}`,
    };
  }
  const ok = probe.expect === undefined || new RegExp(probe.expect, 'u').test(output);
  return { ok, answer: ok ? output : `${output || 'nothing'}, not ${probe.expect}` };
}

/** A request from the host only shows that the published address leads to the service. */
export function httpVerdict(status: number): Verdict {
  return { ok: status >= 200 && status < 300, answer: `HTTP ${status}` };
}

/** Without lines that repeat one before them: psql tries with TLS and without, and is refused twice in the same words. */
function withoutRepeats(text: string): string {
  const lines = text.split('\n');
  return lines
    .filter((line, i) => !lines.slice(0, i).some((before) => before.endsWith(line.trim())))
    .join('\n');
}

/** An answer for one line of a table: no line breaks, no endless text. */
function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, '; ');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
