import type { ProbeResult } from '../../main/contract.ts';
import type { Action } from '../context.ts';
import type { Look } from '../looks.ts';
import { plain } from '../text.ts';
import { timeOfDay, took } from '../time.ts';
import { ErrorNotes } from './error-notes.tsx';
import { StateWord } from './state-word.tsx';

const ANSWERED: Look = { icon: 'ok', word: 'OK', tone: 'ok' };
const NOT: Look = { icon: 'warn', word: 'Not OK', tone: 'warn' };

interface Props {
  readonly probes: readonly ProbeResult[];
  readonly check: Action;
  readonly canCheck: boolean;
}

/** What the services answer when they are asked more than whether they are alive. */
export function Probes({ probes, check, canCheck }: Props) {
  const [first] = probes;
  return (
    <section className="card" aria-label="Readiness">
      <div className="card-head">
        <h2>Readiness</h2>
        <button
          type="button"
          className="small"
          disabled={!canCheck || check.isRunning}
          onClick={() => check.run()}
        >
          {check.isRunning ? 'Checking …' : 'Check now'}
        </button>
      </div>
      {check.errors.length > 0 && <ErrorNotes errors={check.errors} onDismiss={check.dismiss} />}
      {probes.length === 0 ? (
        <p className="soft">Not checked yet: whether the services do their work, beyond being alive.</p>
      ) : (
        <ul>
          {probes.map((p) => (
            <ProbeRow key={p.id} probe={p} />
          ))}
        </ul>
      )}
      {first && <p className="soft small-text">Checked at {timeOfDay(first.at)}.</p>}
    </section>
  );
}

/** One question and its answer. */
export function ProbeRow({ probe: { label, answer, tookMs, ok } }: { probe: ProbeResult }) {
  return (
    <li className="probe">
      <span>
        {plain(label)}
        <span className="soft probe-answer">{plain(answer)}</span>
      </span>
      <span className="soft num">{took(tookMs)}</span>
      <StateWord look={ok ? ANSWERED : NOT} />
    </li>
  );
}
