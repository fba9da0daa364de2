import type { Ask, Hero as HeroModel, Offer } from '../hero-model.ts';
import { plain } from '../text.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly hero: HeroModel;
  /** what is shown was seen when the app ran last */
  readonly isOld: boolean;
  /** something is asked of main already */
  readonly isAsking: boolean;
  readonly onAsk: (ask: Ask) => void;
}

/** Is it all right? State, cause and what to do. */
export function Hero({ hero, isOld, isAsking, onAsk }: Props) {
  const { look, sentence, next, primary, others } = hero;
  const button = (offer: Offer, className?: string) => (
    <button
      key={offer.text}
      type="button"
      className={className}
      disabled={isAsking || isOld}
      onClick={() => onAsk(offer.ask)}
    >
      {plain(offer.text)}
    </button>
  );
  return (
    <section className={`hero ${isOld ? 'quiet' : look.tone}`} aria-label="State of the stack">
      <div className="hero-icon">
        <Icon name={look.icon} size={24} />
      </div>
      <div className="hero-text">
        <h1 tabIndex={-1}>{look.word}</h1>
        <div aria-live="polite">
          <p>{plain(sentence)}</p>
          {next !== undefined && next !== '' && <p>{plain(next)}</p>}
          {isOld && (
            <p className="old">
              This is the last known state. The engine is being asked for the present one.
            </p>
          )}
        </div>
      </div>
      <div className="actions">
        {others.map((offer) => button(offer))}
        {primary && button(primary, 'primary')}
      </div>
    </section>
  );
}
