import { useEffect } from 'react';
import type { AppSnapshot } from '../../main/channels.ts';
import { AppOptions } from '../components/app-options.tsx';
import { EngineCard } from '../components/engine-card.tsx';
import { GpuCard } from '../components/gpu-card.tsx';
import { KeysCard } from '../components/keys-card.tsx';
import { PlaceFacts } from '../components/place-facts.tsx';
import { RemoveCard } from '../components/remove-card.tsx';
import { StackCard } from '../components/stack-card.tsx';
import { StackSettings } from '../components/stack-settings.tsx';
import { isFree } from '../hero-model.ts';
import { askedOf, type Place } from '../places.ts';
import type { StackActions } from '../stack-actions.ts';
import { Keys } from './keys.tsx';

interface Props {
  readonly snapshot: AppSnapshot | undefined;
  readonly place: Place;
  readonly actions: StackActions;
  readonly onGo: (place: Place) => void;
}

/** What the app does by itself, what the stack takes, and where both run. */
export function Settings({ snapshot, place, actions, onGo }: Props) {
  const current = snapshot?.current;
  const isKeys = place.page === 'keys' && current !== undefined && snapshot !== undefined;
  const overview = (): void => onGo({ view: 'overview' });
  useEffect(() => {
    if (place.card !== undefined) document.getElementById(`card-${place.card}`)?.scrollIntoView();
  }, [place]);
  const apply = (): void => {
    // questions, progress and what goes wrong are shown there
    overview();
    actions.ask({ do: 'preview' });
  };
  if (isKeys) {
    return (
      <Keys
        key={current}
        snapshot={snapshot}
        project={current}
        place={place}
        onApply={apply}
        onBack={() => onGo({ view: 'settings' })}
      />
    );
  }
  return (
    <>
      <div className="view-head">
        <h1>Settings</h1>
        {snapshot?.options && (
          <button type="button" onClick={() => onGo({ view: 'setup' })}>
            Set up again …
          </button>
        )}
      </div>
      {snapshot?.options && <AppOptions told={snapshot.options} />}
      {snapshot && (
        <div id="card-stack">
          <StackCard snapshot={snapshot} asked={askedOf(place, 'stack')} onBegun={overview} />
        </div>
      )}
      {/* by settings that nobody knows yet, or that are broken, nothing is changed */}
      {snapshot?.options && current !== undefined && (
        <StackSettings
          key={current}
          snapshot={snapshot}
          project={current}
          focus={place.setting}
          onApply={apply}
        />
      )}
      {snapshot?.options && current !== undefined && (
        <KeysCard project={current} onOpen={() => onGo({ view: 'settings', page: 'keys' })} />
      )}
      {snapshot && (
        <div id="card-engine">
          <EngineCard snapshot={snapshot} />
        </div>
      )}
      {snapshot && (
        <div id="card-gpu">
          <GpuCard snapshot={snapshot} />
        </div>
      )}
      {snapshot?.places && <PlaceFacts places={snapshot.places} snapshot={snapshot} />}
      {snapshot?.options && current !== undefined && (
        <div id="card-remove">
          <RemoveCard
            project={current}
            canRemove={isFree(snapshot)}
            asked={askedOf(place, 'remove')}
            onBegun={overview}
          />
        </div>
      )}
    </>
  );
}
