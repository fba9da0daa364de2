import dbus from 'dbus-next';

const { Interface, ACCESS_READ } = dbus.interface;
const WATCHER = 'org.kde.StatusNotifierWatcher';
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const NOTIFICATIONS = 'org.freedesktop.Notifications';

export interface MenuEntry {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  readonly children: readonly MenuEntry[];
}

export interface Note {
  readonly id: number;
  readonly summary: string;
  readonly body: string;
  readonly actions: readonly string[];
}

class Watcher extends Interface {
  readonly items: string[] = [];
  /** when each was registered, milliseconds since 1970 */
  readonly times: number[] = [];
  constructor() {
    super(WATCHER);
  }
  RegisterStatusNotifierItem(name: string): void {
    this.items.push(name);
    this.times.push(Date.now());
  }
  RegisterStatusNotifierHost(): void {}
  get RegisteredStatusNotifierItems(): string[] {
    return this.items;
  }
  get IsStatusNotifierHostRegistered(): boolean {
    return true;
  }
  get ProtocolVersion(): number {
    return 0;
  }
}
Watcher.configureMembers({
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's' },
    RegisterStatusNotifierHost: { inSignature: 's' },
  },
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: ACCESS_READ },
    IsStatusNotifierHostRegistered: { signature: 'b', access: ACCESS_READ },
    ProtocolVersion: { signature: 'i', access: ACCESS_READ },
  },
});

class Notifications extends Interface {
  readonly notes: Note[] = [];
  constructor() {
    super(NOTIFICATIONS);
  }
  Notify(
    _app: string,
    replaces: number,
    _icon: string,
    summary: string,
    body: string,
    actions: string[],
  ): number {
    const id = replaces || this.notes.length + 1;
    this.notes.push({ id, summary, body, actions });
    return id;
  }
  CloseNotification(): void {}
  GetCapabilities(): string[] {
    return ['actions', 'body', 'persistence'];
  }
  GetServerInformation(): string[] {
    return ['letta-stack-tests', 'tests', '1', '1.2'];
  }
  ActionInvoked(id: number, key: string): [number, string] {
    return [id, key];
  }
}
Notifications.configureMembers({
  methods: {
    Notify: { inSignature: 'susssasa{sv}i', outSignature: 'u' },
    CloseNotification: { inSignature: 'u' },
    GetCapabilities: { outSignature: 'as' },
    GetServerInformation: { outSignature: 'ssss' },
  },
  signals: { ActionInvoked: { signature: 'us' } },
});

/** Polls what has no event of its own, until it holds. @throws Error with what was seen last */
export async function until<T>(
  what: string | (() => string),
  look: () => Promise<T | undefined> | T | undefined,
  ms = 10_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A tray host and a notification server on a session bus, without a panel: what they are told can be read back. */
export class FakeDesktop {
  readonly #bus: dbus.MessageBus;
  readonly #watcher = new Watcher();
  readonly #notifications = new Notifications();

  constructor(busAddress: string) {
    this.#bus = dbus.sessionBus({ busAddress });
  }

  /** Without a tray host it is as stock GNOME. */
  async open({ trayHost = true, notifications = true } = {}): Promise<void> {
    this.#bus.export('/StatusNotifierWatcher', this.#watcher);
    this.#bus.export('/org/freedesktop/Notifications', this.#notifications);
    if (trayHost) await this.#bus.requestName(WATCHER, 0);
    if (notifications) await this.#bus.requestName(NOTIFICATIONS, 0);
  }

  /** A notification server comes. */
  async showNotifications(): Promise<void> {
    await this.#bus.requestName(NOTIFICATIONS, 0);
  }

  get notes(): readonly Note[] {
    return this.#notifications.notes;
  }

  invoke(note: Note, key = 'default'): void {
    this.#notifications.ActionInvoked(note.id, key);
  }

  /** How many tray icons were registered so far. */
  get icons(): number {
    return this.#watcher.items.length;
  }

  /** When the icon after so many others was registered, milliseconds since 1970; undefined: not yet. */
  iconAt(index: number): number | undefined {
    return this.#watcher.times[index];
  }

  /** The tray icon that is registered after so many others, once there is one. */
  async tray(after = 0): Promise<TrayOnBus> {
    const name = await until('a tray icon is registered', () => this.#watcher.items[after]);
    const [destination = '', ...rest] = name.split('/');
    return new TrayOnBus(this.#bus, destination, `/${rest.join('/') || 'StatusNotifierItem'}`);
  }

  close(): void {
    this.#bus.disconnect();
  }
}

/** A tray icon as a panel sees it. */
export class TrayOnBus {
  readonly #bus: dbus.MessageBus;
  readonly #destination: string;
  readonly #path: string;

  constructor(bus: dbus.MessageBus, destination: string, path: string) {
    this.#bus = bus;
    this.#destination = destination;
    this.#path = path;
  }

  async get(property: string): Promise<unknown> {
    const [value] = await this.#call(this.#path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', [
      ITEM,
      property,
    ]);
    return (value as dbus.Variant).value;
  }

  /** The icon's pixels (ARGB32, network order), to tell one icon from another. */
  async icon(): Promise<string> {
    const pixmaps = (await this.get('IconPixmap')) as [number, number, Uint8Array][];
    return Buffer.from(pixmaps[0]?.[2] ?? []).toString('base64');
  }

  async menu(): Promise<readonly MenuEntry[]> {
    const path = (await this.get('Menu')) as string;
    await this.#call(path, MENU, 'AboutToShow', 'i', [0]);
    const [, root] = await this.#call(path, MENU, 'GetLayout', 'iias', [0, -1, []]);
    return entryOf(root as Layout).children;
  }

  /** The words of the menu, submenus indented, without separators. */
  async words(): Promise<string[]> {
    const lines = (entries: readonly MenuEntry[], indent: string): string[] =>
      entries.flatMap((e) => (e.label === '' ? [] : [indent + e.label, ...lines(e.children, `${indent}  `)]));
    return lines(await this.menu(), '');
  }

  /** Clicks an entry: `Stop`, or `db: healthy` and then `Stop` in its submenu; again where the menu was replaced meanwhile. */
  async click(...labels: readonly string[]): Promise<void> {
    await until(`${labels.join(', ')} is clicked`, () =>
      this.#clickOnce(labels).catch((error: unknown) => {
        if (!String(error).includes('error occurred in Event')) throw error;
        return undefined;
      }),
    );
  }

  async #clickOnce(labels: readonly string[]): Promise<true> {
    let entries = await this.menu();
    let found: MenuEntry | undefined;
    for (const label of labels) {
      found = entries.find((e) => e.label === label || e.label.startsWith(`${label}: `));
      if (!found) throw new Error(`no entry ${label} in ${entries.map((e) => e.label).join(', ')}`);
      entries = found.children;
    }
    const path = (await this.get('Menu')) as string;
    const data = [found?.id ?? 0, 'clicked', new dbus.Variant('i', 0), 0];
    await this.#call(path, MENU, 'Event', 'isvu', data);
    return true;
  }

  activate(): Promise<unknown> {
    return this.#call(this.#path, ITEM, 'Activate', 'ii', [0, 0]);
  }

  async #call(
    path: string,
    iface: string,
    member: string,
    signature: string,
    body: unknown[],
  ): Promise<unknown[]> {
    const message = new dbus.Message({
      destination: this.#destination,
      path,
      interface: iface,
      member,
      signature,
      body,
    });
    const answer = await this.#bus.call(message);
    return (answer?.body ?? []) as unknown[];
  }
}

type Layout = [number, Record<string, dbus.Variant>, dbus.Variant[]];

/** An underscore marks the letter for the keyboard. */
function entryOf([id, properties, children]: Layout): MenuEntry {
  return {
    id,
    label: String(properties['label']?.value ?? '').replaceAll('_', ''),
    enabled: properties['enabled']?.value !== false,
    children: children.map((child) => entryOf(child.value as Layout)),
  };
}
