import { useState } from 'react';
import type { AppSnapshot } from '../../main/channels.ts';
import { gib, type GpuCard as Card, type GpuReport, type VllmOffer } from '../../main/contract.ts';
import { useAnswer } from '../answer.ts';
import { useAction, useConnection } from '../context.ts';
import { copyText } from '../copy.ts';
import { OFFER } from '../looks.ts';
import { plain } from '../text.ts';
import { CopyButton } from './copy-button.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { Fact } from './facts.tsx';
import { FitForm, type FitChoice } from './fit-form.tsx';
import { StateWord } from './state-word.tsx';

/** The graphics cards as they are now, whether vLLM will run, and which models fit. */
export function GpuCard({ snapshot: { engine, settingsSeen } }: { snapshot: AppSnapshot }) {
  const [choice, choose] = useState<FitChoice>({});
  // whether vLLM will run depends on the engine
  const when = `${engine.reachable} ${engine.url ?? ''}`;
  const { answer: report, errors, again } = useAnswer('gpu', choice, `${when} ${settingsSeen ?? 0}`);
  const { call } = useConnection();
  // what the engine answered itself counts until it is looked at again, or another engine is there
  const [asked, setAsked] = useState<{ readonly offer: VllmOffer; readonly when: string }>();
  const look = useAction(async () => {
    setAsked(undefined);
    await again();
  });
  const ask = useAction(async () => setAsked({ offer: (await call('gpu', { probe: true })).offer, when }));
  return (
    <section className="card gpu" aria-label="Local inference">
      <div className="card-head">
        <h2>Local inference</h2>
        <button
          type="button"
          className="small"
          disabled={!report || look.isRunning}
          onClick={() => look.run()}
        >
          {look.isRunning ? 'Looking …' : 'Look again'}
          <span className="unseen"> at the graphics cards</span>
        </button>
      </div>
      {errors.length > 0 && <ErrorNotes title="The graphics cards cannot be looked at" errors={errors} />}
      {!report && errors.length === 0 && <p className="soft">Looking at the graphics cards …</p>}
      {report && (
        <>
          <Cards facts={report.facts} />
          <Offer offer={asked?.when === when ? asked.offer : report.offer} />
          {engine.reachable && report.offer.verdict === 'likely' && (
            <button type="button" className="small" disabled={ask.isRunning} onClick={() => ask.run()}>
              {ask.isRunning ? 'Asking …' : 'Ask the engine for a card'}
            </button>
          )}
          {ask.errors.length > 0 && <ErrorNotes errors={ask.errors} onDismiss={ask.dismiss} />}
          <FitForm report={report} choice={choice} onChoose={choose} />
        </>
      )}
    </section>
  );
}

function Cards({ facts: { cards, driver, cuda } }: { facts: GpuReport['facts'] }) {
  if (cards.length === 0) return <p className="soft">No graphics card was found on this computer.</p>;
  return (
    <dl>
      {cards.map((card, i) => (
        <Fact key={i} name={plain(card.name)}>
          <ul>
            <li>{cardWords(card)}</li>
            {(card.mig ?? []).map((part) => (
              <li key={part.uuid}>
                MIG {plain(part.profile)}: {memoryWords(part.memory)}
              </li>
            ))}
          </ul>
        </Fact>
      ))}
      <Fact name="NVIDIA driver">
        {driver === undefined ? undefined : `${driver}${cuda === undefined ? '' : `, CUDA ${cuda}`}`}
      </Fact>
    </dl>
  );
}

function cardWords({ vendor, memory, computeCapability, isUnified }: Card): string {
  // of other makers' cards nothing but the name is read
  if (vendor !== 'nvidia') return 'found';
  const words = [
    memoryWords(memory),
    isUnified ? 'shared with the computer' : '',
    computeCapability === undefined ? '' : `compute capability ${computeCapability}`,
  ];
  return words.filter((w) => w !== '').join(', ');
}

function memoryWords(memory: Card['memory']): string {
  if (!memory) return 'its memory is not told';
  const { total, free } = memory;
  return free === undefined ? gib(total) : `${gib(free)} of ${gib(total)} free`;
}

function Offer({ offer: { verdict, why, steps, instead } }: { offer: VllmOffer }) {
  return (
    <div className="gpu-part" role="status">
      <StateWord look={OFFER[verdict]} />
      <p>{plain(why)}</p>
      {steps.length > 0 && (
        <ol className="gpu-steps">
          {steps.map(({ say, command }, i) => (
            <li key={i}>
              {plain(say)}
              {command !== undefined && (
                <div className="snippet">
                  <pre tabIndex={0}>{plain(command)}</pre>
                  <CopyButton what={`command of step ${i + 1}`} copy={() => copyText(command)} />
                </div>
              )}
            </li>
          ))}
        </ol>
      )}
      {instead !== undefined && <p className="soft">Instead: {plain(instead)}</p>}
    </div>
  );
}
