import type { AppSnapshot } from '../../main/channels.ts';
import { AppOptions } from '../components/app-options.tsx';
import { Fact, Facts } from '../components/facts.tsx';
import { PlaceFacts } from '../components/place-facts.tsx';
import { engineName, enginePlace, stackTitle, supportWords } from '../engine-words.ts';
import { stackOf } from '../hero-model.ts';
import { plain } from '../text.ts';

/** What the app does by itself, and what the stack and its engine are. */
export function Settings({ snapshot }: { snapshot: AppSnapshot | undefined }) {
  const stack = snapshot && stackOf(snapshot);
  const engine = snapshot?.engine;
  return (
    <>
      <div className="view-head">
        <h1>Settings</h1>
      </div>
      {snapshot?.options && <AppOptions told={snapshot.options} />}
      {snapshot && (
        <Facts title="Stack">
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
          <p className="soft after-facts">
            Port, models, memory limits and whatever else the stack takes are changed in a terminal with{' '}
            <code>letta-stack settings</code>; the app follows at once.
          </p>
        </Facts>
      )}
      {engine && (
        <Facts title="Engine">
          <dl>
            <Fact name="Product">{plain(engineName(engine))}</Fact>
            <Fact name="Place">{enginePlace(engine)}</Fact>
            <Fact name="Address">{engine.url}</Fact>
            <Fact name="Chosen by">{engine.source}</Fact>
          </dl>
          <p className="soft after-facts">
            Another one is chosen with <code>letta-stack settings set engine …</code>: an address, or a
            context of the Docker CLI.
          </p>
        </Facts>
      )}
      {snapshot?.places && <PlaceFacts places={snapshot.places} />}
    </>
  );
}
