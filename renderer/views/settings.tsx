import type { ReactNode } from 'react';
import type { AppSnapshot } from '../../main/channels.ts';
import { engineName, enginePlace, stackTitle, supportWords } from '../engine-words.ts';
import { stackOf } from '../hero-model.ts';
import { plain } from '../text.ts';

/** What the stack and its engine are. */
export function Settings({ snapshot }: { snapshot: AppSnapshot | undefined }) {
  const stack = snapshot && stackOf(snapshot);
  const engine = snapshot?.engine;
  return (
    <>
      <div className="view-head">
        <h1>Settings</h1>
      </div>
      {snapshot && (
        <section className="card" aria-label="Stack">
          <div className="card-head">
            <h2>Stack</h2>
          </div>
          <dl>
            <Fact name="Profile">{plain(stackTitle(snapshot))}</Fact>
            <Fact name="Identifier">{stack?.profile}</Fact>
            <Fact name="Version">{stack?.profileVersion}</Fact>
            <Fact name="Newer version">{stack?.updateAvailable}</Fact>
            <Fact name="Project">{snapshot.current}</Fact>
            <Fact name="Support">
              {stack?.support && `${supportWords(stack.support)}. ${plain(stack.support.reason)}`}
            </Fact>
          </dl>
        </section>
      )}
      {engine && (
        <section className="card" aria-label="Engine">
          <div className="card-head">
            <h2>Engine</h2>
          </div>
          <dl>
            <Fact name="Product">{plain(engineName(engine))}</Fact>
            <Fact name="Place">{enginePlace(engine)}</Fact>
            <Fact name="Address">{engine.url}</Fact>
            <Fact name="Chosen by">{engine.source}</Fact>
          </dl>
        </section>
      )}
      <section className="card" aria-label="Changing settings">
        <p>
          Settings are changed in a terminal with <code>letta-stack settings</code>; the app follows at once.
        </p>
      </section>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined) return null;
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{typeof children === 'string' ? plain(children) : children}</dd>
    </div>
  );
}
