import type { PullProgress } from './port.ts';

/** One object of the engine's pull stream (facts: compose-semantics §6). */
export interface PullEvent {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number; readonly units?: string };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

interface Layer {
  downloaded: number;
  extracted: number;
  total?: number;
  done: boolean;
}

/**
 * Adds up one image's pull: bytes of each layer, downloaded and extracted. Numbers only rise, although the engine's
 * do not (a layer that is tried again starts at zero; a new attempt of ours tells every layer again).
 */
export class PullMeter {
  private readonly layers = new Map<string, Layer>();
  private finished = false;

  /** Takes one event; true when the numbers changed. */
  add(event: PullEvent): boolean {
    const { status = '', id, progressDetail: p = {} } = event;
    // "Pulling from library/redis" carries the tag as its id
    if (id === undefined || status.startsWith('Pulling from')) return false;
    const known = this.layers.get(id);
    const layer = known ?? { downloaded: 0, extracted: 0, done: false };
    this.layers.set(id, layer);
    if (layer.done) return false;
    switch (status) {
      case 'Downloading':
        if (p.total !== undefined && p.total > 0) layer.total = Math.max(layer.total ?? 0, p.total);
        layer.downloaded = Math.max(layer.downloaded, p.current ?? 0);
        return true;
      case 'Verifying Checksum':
      case 'Download complete':
        layer.downloaded = Math.max(layer.downloaded, layer.total ?? 0);
        return true;
      case 'Extracting': {
        layer.downloaded = Math.max(layer.downloaded, layer.total ?? 0);
        // containerd's store counts seconds here ("units": "s")
        if (p.units === undefined) layer.extracted = Math.max(layer.extracted, p.current ?? 0);
        return true;
      }
      case 'Pull complete':
      case 'Already exists': {
        // What was there before has no bytes: it adds nothing, neither to what is done nor to the whole.
        complete(layer);
        return true;
      }
      default:
        return known === undefined; // Pulling fs layer, Waiting, Retrying in 5 seconds
    }
  }

  /** Everything is there. */
  finish(): void {
    this.finished = true;
    for (const layer of this.layers.values()) complete(layer);
  }

  get progress(): PullProgress {
    return {
      phase: this.phase(),
      layers: [...this.layers].map(([id, layer]) => ({ id, ...layer })),
    };
  }

  private phase(): PullProgress['phase'] {
    if (this.finished) return 'done';
    const layers = [...this.layers.values()];
    if (layers.length === 0) return 'resolving';
    const downloading = layers.some((l) => !l.done && (l.total === undefined || l.downloaded < l.total));
    return downloading ? 'downloading' : 'extracting';
  }
}

function complete(layer: Layer): void {
  layer.downloaded = layer.extracted = Math.max(layer.downloaded, layer.extracted, layer.total ?? 0);
  layer.done = true;
}
