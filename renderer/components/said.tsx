import { useEffect } from 'react';

const SHOWN_MS = 3_000;

/** Says for a moment what nothing else shows. An object, as the same may be said twice. */
export function Said({ said, onOver }: { said: { text: string } | undefined; onOver: () => void }) {
  useEffect(() => {
    if (!said) return undefined;
    const timer = setTimeout(onOver, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  // always there: what comes with its text is not read out everywhere
  return (
    <p className="said" role="status">
      {said && <span>{said.text}</span>}
    </p>
  );
}
