import { gib, tokens, VERDICTS, type Fit, type GpuReport } from '../../main/contract.ts';
import { FIT } from '../looks.ts';
import { plain } from '../text.ts';
import { Select } from './select.tsx';
import { StateWord } from './state-word.tsx';

/** The model and the length that are asked for. */
export interface FitChoice {
  readonly model?: string;
  readonly context?: number;
}

const LENGTHS = [8192, 16_384, 32_768, 65_536, 131_072, 262_144];

interface Props {
  readonly report: GpuReport;
  readonly choice: FitChoice;
  readonly onChoose: (choice: FitChoice) => void;
}

/** A model and a context, and whether they fit. */
export function FitForm({ report: { models, context, fit }, choice, onChoose }: Props) {
  const listed = models.map(({ id, title, verdict }) => ({
    value: id,
    title: verdict === 'unknown' ? title : `${title}: ${VERDICTS[verdict]}`,
  }));
  // the profile may be set to any
  const lengths = [...new Set([...LENGTHS, context])].toSorted((a, b) => a - b);
  return (
    <div className="gpu-part">
      <h3>Which models fit</h3>
      <div className="toolbar">
        <Select
          title="Model"
          choices={[...(choice.model === undefined ? [{ value: '', title: 'Choose one …' }] : []), ...listed]}
          chosen={choice.model ?? ''}
          onChoose={(model) => onChoose({ ...choice, model })}
        />
        <Select
          title="Context"
          choices={lengths.map((n) => ({ value: String(n), title: `${tokens(n)} tokens` }))}
          chosen={String(choice.context ?? context)}
          onChoose={(length) => onChoose({ ...choice, context: Number(length) })}
        />
      </div>
      <div aria-live="polite">{fit && <Verdict fit={fit} />}</div>
    </div>
  );
}

function Verdict({ fit }: { fit: Fit }) {
  const { verdict, sentence, parts, needed, cards, assumptions } = fit;
  const count = cards?.count ?? 1;
  return (
    <>
      <StateWord look={FIT[verdict]} />
      <p>{plain(sentence)}</p>
      <details>
        <summary>Arithmetic</summary>
        <table>
          <caption className="unseen">Memory that {plain(fit.model)} takes</caption>
          <tbody>
            {parts.map((part) => (
              <Row key={part.id} {...part} />
            ))}
          </tbody>
          <tfoot>
            <Row title="Together" bytes={needed} how={count > 1 ? `on each of ${count} cards` : ''} />
            {cards && <Row title="Usable" bytes={cards.usable} how={`of ${gib(cards.total)}`} />}
          </tfoot>
        </table>
        <ul className="gpu-assumptions soft">
          {assumptions.map((line) => (
            <li key={line}>{plain(line)}</li>
          ))}
        </ul>
      </details>
    </>
  );
}

function Row({ title, bytes, how }: { title: string; bytes: number; how: string }) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className="num">{gib(bytes)}</td>
      <td className="soft">{plain(how)}</td>
    </tr>
  );
}
