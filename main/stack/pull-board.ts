import type { Engine, PullProgress } from '../docker/port.ts';
import type { StepReport } from './execute.ts';
import { mb, Speed, transferSentence, WholeSpeed } from './transfer.ts';

/** Bytes of work: a layer is downloaded, then extracted; both count. */
export interface Work {
  readonly current: number;
  /** undefined while some layer's size is not known */
  readonly total?: number;
}

type Layer = PullProgress['layers'][number];

/** Progress of all pulls of one operation: one bar an image, one overall in which a shared layer counts once. */
export class PullBoard {
  readonly #layersOf = new Map<string, readonly Layer[]>();
  readonly #speed: Speed;
  readonly #whole: WholeSpeed;

  /** `now` gives milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#speed = new Speed(now);
    this.#whole = new WholeSpeed(now);
  }

  /** Takes the newest progress of one image; gives its work. */
  update(ref: string, progress: PullProgress): Work {
    this.#layersOf.set(ref, progress.layers);
    const layers = this.#unique();
    this.#speed.note(downloaded(layers));
    // one whose download was too quick to be told counts only once it is extracted
    this.#whole.note(downloaded(layers.filter((l) => l.total !== undefined)));
    return workOf(progress.layers);
  }

  /** Work of all images together. */
  overall(): Work {
    return workOf(this.#unique());
  }

  /** Download speed of all images together in bytes per second, 0 while there is no telling. */
  speed(): number {
    return this.#speed.perSecond();
  }

  /** The speed of the whole download in bytes per second; undefined where it was too short to tell. */
  wholeSpeed(): number | undefined {
    return this.#whole.perSecond();
  }

  /** A layer that two images share is downloaded by one of them: what is known best counts. */
  #unique(): Layer[] {
    const byId = new Map<string, Layer>();
    for (const layer of [...this.#layersOf.values()].flat()) {
      const other = byId.get(layer.id);
      byId.set(layer.id, other ? together(other, layer) : layer);
    }
    return [...byId.values()];
  }
}

const downloaded = (layers: readonly Layer[]): number => layers.reduce((sum, l) => sum + l.downloaded, 0);

function together(a: Layer, b: Layer): Layer {
  const total = a.total ?? b.total;
  return {
    id: a.id,
    downloaded: Math.max(a.downloaded, b.downloaded),
    extracted: Math.max(a.extracted, b.extracted),
    ...(total !== undefined && { total }),
    done: a.done || b.done,
  };
}

function workOf(layers: readonly Layer[]): Work {
  const current = layers.reduce((sum, l) => sum + l.downloaded + l.extracted, 0);
  if (layers.length === 0 || layers.some((l) => l.total === undefined && !l.done)) return { current };
  const total = layers.reduce((sum, l) => sum + 2 * (l.total ?? l.downloaded), 0);
  return { current: Math.min(current, total), total };
}

/** Pulls one image and reports its bytes, speed and time left. */
export async function pullWithProgress(
  engine: Engine,
  step: { readonly ref: string; readonly platform?: string },
  board: PullBoard,
  mirror: string | undefined,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  await engine.images.pull(step.ref, {
    ...(step.platform !== undefined && { platform: step.platform }),
    ...(mirror !== undefined && { mirror }),
    signal,
    onProgress: (progress) => {
      const work = board.update(step.ref, progress);
      report.progress(work.current, work.total);
      report.detail(pullSentence(progress, board.speed()));
    },
    onRetry: (attempt, reason, waitMs) =>
      report.detail(`attempt ${attempt} failed (${reason}), next in ${Math.round(waitMs / 1000)} s`),
  });
}

/** `12.3 of 40.1 MB, 8.1 MB/s, 4 s left`; what is not known is left out. */
export function pullSentence(progress: PullProgress, speed: number): string {
  const done = downloaded(progress.layers);
  const known = progress.layers.length > 0 && progress.layers.every((l) => l.total !== undefined || l.done);
  const total = progress.layers.reduce((sum, l) => sum + (l.total ?? l.downloaded), 0);
  if (known && total > 0 && done >= total) {
    const extracted = progress.layers.reduce((sum, l) => sum + l.extracted, 0);
    return `extracting ${mb(extracted)} of ${mb(total)} MB`;
  }
  return transferSentence(done, known ? total : undefined, speed);
}
