import { plain } from '../text.ts';

/** The way to the keys, which are a page of their own. */
export function KeysCard({ project, onOpen }: { project: string; onOpen: () => void }) {
  return (
    <section className="card" aria-label="Keys">
      <div className="card-head">
        <h2>Keys</h2>
      </div>
      <p>
        The password of {plain(project)}, the keys of model providers, and where they are kept: in this
        computer’s keychain, never in a file that can be read.
      </p>
      <div className="after-facts">
        <button type="button" onClick={onOpen}>
          Open keys
        </button>
      </div>
    </section>
  );
}
