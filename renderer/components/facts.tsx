import type { ReactNode } from 'react';
import { plain } from '../text.ts';

/** Facts that belong together, and what can be done with them. */
export function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  );
}

/** A name and its value; nothing where there is none. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined) return null;
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{typeof children === 'string' ? plain(children) : children}</dd>
    </div>
  );
}
