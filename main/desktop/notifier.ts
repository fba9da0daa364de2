import type { AppSnapshot } from '../channels.ts';
import type { Note } from './notify-words.ts';
import { decide, NO_MEMORY, type NoteMemory, type NoteSettings } from './notify.ts';

export interface NotifierEdges {
  readonly show: (note: Note) => void;
  readonly isWindowInFront: () => boolean;
  readonly settings: () => NoteSettings;
}

/** Carries the decisions about notifications through time: after each snapshot, and when a hold-down is over. */
export class Notifier {
  readonly #edges: NotifierEdges;
  #memory: NoteMemory = NO_MEMORY;
  #timer: NodeJS.Timeout | undefined;
  #snapshot: AppSnapshot | undefined;

  constructor(edges: NotifierEdges) {
    this.#edges = edges;
  }

  seen(snapshot: AppSnapshot): void {
    this.#snapshot = snapshot;
    this.#decide();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#snapshot = undefined;
  }

  #decide(): void {
    clearTimeout(this.#timer);
    if (!this.#snapshot) return;
    const date = new Date();
    const now = date.getTime();
    const { memory, notes, again } = decide(this.#memory, {
      snapshot: this.#snapshot,
      now,
      minuteOfDay: date.getHours() * 60 + date.getMinutes(),
      isWindowInFront: this.#edges.isWindowInFront(),
      settings: this.#edges.settings(),
    });
    this.#memory = memory;
    for (const note of notes) this.#edges.show(note);
    if (again !== undefined) this.#timer = setTimeout(() => this.#decide(), Math.max(0, again - now));
  }
}
