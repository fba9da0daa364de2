import { useState } from 'react';
import { memoryText, type Preview } from '../../main/channels.ts';
import { useAnswer } from '../answer.ts';
import { downloadText, groupsOf, pulls } from '../preview-model.ts';
import { plain } from '../text.ts';
import { Icon } from './icon.tsx';

/** What a plan asks for, and whether all of it is agreed to. */
export interface Agreed {
  readonly isAll: boolean;
  readonly has: (entry: number) => boolean;
  readonly toggle: (entry: number) => void;
}

export function useAgreed(preview: Preview | undefined): Agreed {
  const [agreed, setAgreed] = useState<ReadonlySet<number>>(new Set());
  return {
    isAll: preview?.confirmations.every((_, i) => agreed.has(i)) ?? false,
    has: (entry) => agreed.has(entry),
    toggle: (entry) => setAgreed(toggled(agreed, entry)),
  };
}

/** A plan as it is shown before it is done: what is said, what is asked, what will happen. */
export function PlanParts({
  project,
  preview,
  agreed,
}: {
  project: string;
  preview: Preview;
  agreed: Agreed;
}) {
  return (
    <>
      <Warnings warnings={preview.warnings} />
      {preview.confirmations.map(({ text }, i) => (
        <label key={i} className="note warn confirm">
          <input type="checkbox" checked={agreed.has(i)} onChange={() => agreed.toggle(i)} />
          <span>{plain(text)}</span>
        </label>
      ))}
      <Steps project={project} preview={preview} />
    </>
  );
}

function Warnings({ warnings }: { warnings: Preview['warnings'] }) {
  return (
    <>
      {warnings.map((w, i) => (
        <div key={i} className="note warn">
          <Icon name="warn" />
          <div className="note-text">
            <p>{plain(w.message)}</p>
            <p className="soft">{plain(w.next)}</p>
          </div>
        </div>
      ))}
    </>
  );
}

function Steps({ project, preview }: { project: string; preview: Preview }) {
  const { steps, unchanged } = preview;
  const images = pulls(steps);
  // the registries are asked for it, which takes its time: the plan is not held up
  const { answer: downloads, errors } = useAnswer('downloads', { project }, images > 0 ? project : undefined);
  const size = new Map(downloads?.images.map(({ step, bytes }) => [step, bytes]));
  return (
    <>
      {steps.length === 0 && <p>Nothing needs to be done.</p>}
      {images > 0 && (
        <p className="soft">{plain(downloadText(preview, errors.length > 0 ? null : downloads))}</p>
      )}
      {groupsOf(steps).map((group) => (
        <section key={group.title}>
          <h3>{group.title}</h3>
          <ul className="steps">
            {group.steps.map(({ id, title, cause }) => (
              <li key={id}>
                {plain(title)} <StepSize bytes={size.get(id)} />
                <span className="soft">{plain(cause)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {unchanged.length > 0 && (
        <section>
          <h3>Keep as it is</h3>
          <p>{unchanged.map(plain).join(', ')}</p>
        </section>
      )}
    </>
  );
}

function StepSize({ bytes }: { bytes: number | undefined }) {
  return bytes === undefined ? null : <>({memoryText(bytes)}) </>;
}

function toggled(set: ReadonlySet<number>, entry: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(entry)) next.add(entry);
  return next;
}
