import { Component, type ErrorInfo, type ReactNode } from 'react';
import { copyText } from '../copy.ts';
import { plain } from '../text.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icon.tsx';

interface Props {
  readonly children: ReactNode;
}

interface Fault {
  readonly thrown: unknown;
  /** components around the place where it was thrown */
  readonly within?: string;
}

interface State {
  readonly fault?: Fault | undefined;
}

/** Where a view cannot be drawn: what happened, and a way on. The stack goes on, and so does the rest of the window. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError(thrown: unknown): State {
    return { fault: { thrown } };
  }

  override componentDidCatch(thrown: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ fault: { thrown, within: componentStack ?? '' } });
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    return (
      <section className="card fault" role="alert">
        <Icon name="bad" size={24} />
        <div className="note-text">
          <h1>This cannot be shown</h1>
          <p>{plain(wordsOf(fault.thrown))}</p>
          <p className="soft">
            This is a fault of Letta Stack: please report it, with the details. Letta itself goes on.
          </p>
          <div className="actions">
            <CopyButton what="details" isLong copy={() => copyText(detailsOf(fault))} />
            {/* drawn again from nothing; the page itself may not navigate, and would read the same again */}
            <button type="button" className="primary" onClick={() => this.setState({ fault: undefined })}>
              Reload
            </button>
          </div>
        </div>
      </section>
    );
  }
}

const wordsOf = (thrown: unknown): string =>
  thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);

/** For a report: what was thrown and where. Of the stack it holds nothing but what the error says itself. */
function detailsOf({ thrown, within = '' }: Fault): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return [wordsOf(thrown), stack, `in${within}`, navigator.userAgent].join('\n\n');
}
