import type { OwnFiles } from '../../main/channels.ts';
import { marksOf, noteText, placeText, soundText } from '../excerpt-marks.ts';
import { plain, readable } from '../text.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { Icon } from './icon.tsx';

interface Props {
  readonly found: OwnFiles;
  /** it is the stack that is shown already */
  readonly isShown: boolean;
  readonly isRunning: boolean;
  /** reads the file once more */
  readonly onAgain: () => void;
  readonly onShow: () => void;
  readonly onClose: () => void;
}

/** A Compose file of the user's: what it is, or what is wrong with it and where. */
export function OwnFilesDialog({ found, isShown, isRunning, onAgain, onShow, onClose }: Props) {
  const { files, project, services, problems, warnings } = found;
  const isSound = problems.length === 0;
  return (
    <Dialog
      title={isSound ? plain(found.title ?? project ?? '') : 'The file cannot be used yet'}
      onClose={onClose}
    >
      <div className="dialog-body">
        {files.map((file) => (
          <p key={file} className="soft file-name">
            {plain(file)}
          </p>
        ))}
        {isSound ? (
          <p role="status">
            {services.length === 1 ? 'One service: ' : `${services.length} services: `}
            {services.map(plain).join(', ')}. {soundText(warnings.length)}
          </p>
        ) : (
          <p role="status">
            {problems.length === 1 ? 'One thing is' : `${problems.length} things are`} to be corrected in it.
            Save it in your editor, then check it again; nothing was changed.
          </p>
        )}
        <Marked found={found} said={isSound ? warnings : problems} tone={isSound ? 'warn' : 'bad'} />
      </div>
      <div className="actions dialog-actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
        {(!isSound || isShown) && (
          <button type="button" className={isSound ? '' : 'primary'} disabled={isRunning} onClick={onAgain}>
            {isRunning ? 'Checking …' : 'Check again'}
          </button>
        )}
        {isSound && !isShown && (
          <button type="button" className="primary" onClick={onShow}>
            Use it …
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** Each problem under its line, and those that have no line before them all. */
function Marked({
  found: { excerpts },
  said,
  tone,
}: {
  found: OwnFiles;
  said: OwnFiles['problems'];
  tone: 'bad' | 'warn';
}) {
  const { pieces, rest } = marksOf(excerpts, said);
  return (
    <>
      {rest.length > 0 && <ErrorNotes errors={rest} />}
      {pieces.map(({ file, from, rows }) => (
        <figure key={`${file}:${from}`} className="excerpt">
          <figcaption className="soft">{plain(placeText(file, from))}</figcaption>
          <ol start={from} tabIndex={0} aria-label={`Lines of ${plain(file)}`}>
            {rows.map(({ number, before, marked, after, problems }) => (
              <li key={number} value={number} className={problems.length > 0 ? tone : undefined}>
                <code>
                  <span className="line-number" aria-hidden="true">
                    {number}
                  </span>
                  {readable(before)}
                  {marked !== '' && <mark>{readable(marked)}</mark>}
                  {readable(after)}
                </code>
                {problems.map((problem, i) => (
                  <div key={i} className={`line-note ${tone}`}>
                    <Icon name={tone} />
                    <div>
                      <p>{plain(noteText(problem))}</p>
                      {problem.next !== '' && <p className="soft">{plain(problem.next)}</p>}
                    </div>
                  </div>
                ))}
              </li>
            ))}
          </ol>
        </figure>
      ))}
    </>
  );
}
