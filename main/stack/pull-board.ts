import type { Engine, PullProgress } from '../docker/port.ts';
import type { StepReport } from './execute.ts';

/** Bytes of work: a layer is downloaded, then extracted; both count. */
export interface Work {
  readonly current: number;
  /** undefined while some layer's size is not known */
  readonly total?: number;
}

type Layer = PullProgress['layers'][number];

/** How long the speed is averaged over, in milliseconds. */
const SPEED_WINDOW_MS = 5_000;

/** Progress of all pulls of one operation: one bar an image, one overall in which a shared layer counts once. */
export class PullBoard {
  readonly #layersOf = new Map<string, readonly Layer[]>();
  readonly #now: () => number;
  #samples: { at: number; bytes: number }[] = [];

  /** `now` gives milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes the newest progress of one image; gives its work. */
  update(ref: string, progress: PullProgress): Work {
    this.#layersOf.set(ref, progress.layers);
    const at = this.#now();
    this.#samples = [
      ...this.#samples.filter((s) => at - s.at < SPEED_WINDOW_MS),
      { at, bytes: this.#downloaded() },
    ];
    return workOf(progress.layers);
  }

  /** Work of all images together. */
  overall(): Work {
    return workOf(this.#unique());
  }

  /** Download speed of all images together in bytes per second, 0 while there is no telling. */
  speed(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
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

  #downloaded(): number {
    return this.#unique().reduce((sum, l) => sum + l.downloaded, 0);
  }
}

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
  const downloaded = progress.layers.reduce((sum, l) => sum + l.downloaded, 0);
  const known = progress.layers.length > 0 && progress.layers.every((l) => l.total !== undefined || l.done);
  const total = progress.layers.reduce((sum, l) => sum + (l.total ?? l.downloaded), 0);
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  if (known && total > 0 && downloaded >= total) {
    const extracted = progress.layers.reduce((sum, l) => sum + l.extracted, 0);
    return `extracting ${mb(extracted)} of ${mb(total)} MB`;
  }
  const parts = [known ? `${mb(downloaded)} of ${mb(total)} MB` : `${mb(downloaded)} MB`];
  if (speed > 0) parts.push(`${mb(speed)} MB/s`);
  if (speed > 0 && known) parts.push(`${Math.ceil((total - downloaded) / speed)} s left`);
  return parts.join(', ');
}
