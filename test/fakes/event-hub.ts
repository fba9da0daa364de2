import type { EngineEvent, EventStreamItem, Filters, Labels } from '../../main/docker/port.ts';

/** `label: ['a=b', 'c']`: all of them must hold, as the engine's own filter asks. */
export function labelsMatch(wanted: readonly string[] | undefined, labels: Labels): boolean {
  return (wanted ?? []).every((w) => {
    const [key, value] = splitOnce(w);
    return value === undefined ? Object.hasOwn(labels, key) : labels[key] === value;
  });
}

export function splitOnce(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

interface Subscriber {
  readonly filters: Filters;
  readonly queue: EventStreamItem[];
  wake: () => void;
}

/** Gives events to all who listen, in order. */
export class EventHub {
  private readonly subscribers = new Set<Subscriber>();
  private last = 0;

  emit(Type: string, Action: string, ID: string, Attributes: Labels): void {
    this.last = Math.max(this.last + 1000, Date.now() * 1e6);
    const event: EngineEvent = { Type, Action, Actor: { ID, Attributes }, timeNano: this.last };
    for (const s of this.subscribers) if (matches(s.filters, event)) push(s, { kind: 'event', event });
  }

  /** The connection of every stream breaks. */
  lose(reason: string): void {
    for (const s of this.subscribers) push(s, { kind: 'lost', reason, retryInMs: 1 });
  }
  /** … and comes back. */
  reconnect(): void {
    for (const s of this.subscribers) push(s, { kind: 'connected' });
  }

  async *subscribe(
    filters: Filters,
    signal: AbortSignal,
    connected: boolean,
  ): AsyncGenerator<EventStreamItem> {
    const s: Subscriber = { filters, queue: [], wake: () => undefined };
    this.subscribers.add(s);
    const onAbort = (): void => s.wake();
    signal.addEventListener('abort', onAbort);
    push(
      s,
      connected ? { kind: 'connected' } : { kind: 'lost', reason: 'nothing listens there', retryInMs: 1 },
    );
    try {
      while (!signal.aborted) {
        const item = s.queue.shift();
        if (item) yield item;
        else await new Promise<void>((resolve) => (s.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.subscribers.delete(s);
    }
  }
}

function push(s: Subscriber, item: EventStreamItem): void {
  s.queue.push(item);
  s.wake();
}

/** The filters of `GET /events` that are in use: type, event, container, label. */
function matches(filters: Filters, event: EngineEvent): boolean {
  const { type, event: action, container, label } = filters;
  const { ID, Attributes } = event.Actor;
  if (type && !type.includes(event.Type)) return false;
  if (action && !action.some((a) => event.Action === a || event.Action.startsWith(`${a}:`))) return false;
  if (container && !container.some((c) => ID.startsWith(c) || Attributes['name'] === c)) return false;
  return labelsMatch(label, Attributes);
}
