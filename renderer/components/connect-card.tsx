import type { StackState, StackUrl } from '../../main/contract.ts';
import { useAction, useConnection } from '../context.ts';
import { copyText } from '../copy.ts';
import { isLetta, PASSWORD, snippetsOf } from '../snippets.ts';
import { plain } from '../text.ts';
import { CopyButton } from './copy-button.tsx';
import { ErrorNotes } from './error-notes.tsx';
import { Tabs } from './tabs.tsx';

/** How to reach the stack, and with what. */
export function ConnectCard({ stack, isUp }: { stack: StackState; isUp: boolean }) {
  const { call } = useConnection();
  const [first] = stack.urls;
  if (!first) return null;
  return (
    <section className="card connect" aria-label="Connect">
      <div className="card-head">
        <h2>Connect</h2>
      </div>
      {stack.urls.map((url, index) => (
        <Address key={index} url={url} index={index} isUp={isUp} />
      ))}
      {isLetta(stack) && (
        <div className="field">
          <span className="field-label">Password</span>
          <CopyButton what="password" copy={() => call('copySecret', { name: PASSWORD })} />
          <span className="field-value">
            <span aria-hidden="true">••••••••••••</span>
            <span className="unseen">not shown</span>
          </span>
        </div>
      )}
      {isLetta(stack) && <Snippets url={first.url} />}
    </section>
  );
}

function Address({
  url: { label, url, on, tunnel },
  index,
  isUp,
}: {
  url: StackUrl;
  index: number;
  isUp: boolean;
}) {
  const { call } = useConnection();
  const open = useAction(() => call('openUrl', { index }));
  const name = plain(label);
  return (
    <>
      <div className="field">
        <span className="field-label">{on === undefined ? name : `${name}, on ${plain(on)}`}</span>
        {on === undefined && (
          <button
            type="button"
            className="small"
            disabled={!isUp || open.isRunning}
            onClick={() => open.run()}
          >
            Open<span className="unseen"> {name}</span>
          </button>
        )}
        <CopyButton what={`address of ${name}`} copy={() => call('copyAddress', { index })} />
        <span className="field-value">{plain(url)}</span>
      </div>
      {open.errors.length > 0 && <ErrorNotes errors={open.errors} onDismiss={open.dismiss} />}
      {tunnel !== undefined && (
        <div className="field">
          <span className="field-label">Reach it from here with</span>
          <CopyButton what="command" copy={() => copyText(plain(tunnel))} />
          <span className="field-value">{plain(tunnel)}</span>
        </div>
      )}
    </>
  );
}

function Snippets({ url }: { url: string }) {
  const tabs = snippetsOf(url).map(({ name, text }) => ({
    name,
    panel: (
      <div className="snippet">
        <pre tabIndex={0}>{text}</pre>
        <CopyButton what={`${name} example`} copy={() => copyText(text)} />
      </div>
    ),
  }));
  return (
    <>
      <Tabs label="First request" tabs={tabs} />
      <p className="soft small-text">
        The examples take the password from the variable <code>{PASSWORD}</code>.
      </p>
    </>
  );
}
