import type { AppOptions, AppSnapshot, Operate, OperationFailure, View } from '../main/channels.ts';
import { isUp, publishes, SECRET_WORD, type StackState } from '../main/contract.ts';
import { heroOf, isFree, stackOf, type Ask } from './hero-model.ts';
import type { DoctorAct } from './doctor-commands.ts';
import type { LogAct } from './log-commands.ts';
import { left, ON_QUIT, THEMES } from './option-words.ts';
import { FIND_KEY, VIEWS, type Place } from './places.ts';
import { snippetsOf } from './snippets.ts';
import { plain } from './text.ts';

/** What a command does. */
export type Deed =
  | { readonly do: 'go'; readonly place: Place }
  | { readonly do: 'ask'; readonly ask: Ask }
  | { readonly do: 'open' | 'copy address'; readonly project: string; readonly index: number }
  | { readonly do: 'test connection'; readonly project: string }
  | { readonly do: 'copy secret'; readonly project: string; readonly name: string; readonly what: string }
  | { readonly do: 'copy'; readonly text: string; readonly what: string }
  | { readonly do: 'log'; readonly act: LogAct }
  | { readonly do: 'doctor'; readonly act: DoctorAct }
  | { readonly do: 'open logs' | 'quit' }
  | { readonly do: 'zoom'; readonly by: -1 | 0 | 1 }
  | { readonly do: 'change option'; readonly change: Partial<AppOptions> };

/** An entry of the command palette. */
export interface Command {
  readonly title: string;
  /** further words by which it is found */
  readonly words?: string;
  /** key that does it too, with Ctrl or Cmd */
  readonly key?: string;
  readonly deed: Deed;
}

interface Given {
  readonly snapshot: AppSnapshot | undefined;
  readonly failure: OperationFailure | undefined;
  /** something is asked of main already */
  readonly isAsking: boolean;
  /** what can be done in the view that is open, and nowhere else */
  readonly ofView: readonly Command[];
}

/** Everything that can be done now, what is needed most first. Pure. */
export function commandsOf({ snapshot, failure, isAsking, ofView }: Given): Command[] {
  const stack = snapshot && stackOf(snapshot);
  const ofStack = snapshot?.isCurrent && !isAsking ? offers(snapshot, failure) : [];
  const isNotOffered = ofStack.every(({ deed }) => deed.do !== 'ask' || deed.ask.do !== 'preview');
  const canApply = isNotOffered && isFree(snapshot) && !isAsking && stack?.services.some(isUp);
  const ofServices = stack ? services(stack, isFree(snapshot) && !isAsking) : [];
  const all = [
    ...ofView,
    ...ofStack,
    ...(canApply ? [APPLY] : []),
    ...VIEWS.map(({ id, title, key }) => ({
      title: `Go to ${title}`,
      words: WORDS[id],
      key,
      deed: go({ view: id }),
    })),
    ...(snapshot?.current === undefined ? [] : [KEYS]),
    SEARCH,
    ...(stack ? addresses(stack) : []),
    ...ofServices,
    { title: 'Run doctor', words: 'examine check problem', deed: go({ view: 'doctor', isAgain: true }) },
    ...(snapshot?.options
      ? [{ title: 'Set up', words: 'wizard setup first run engine profile', deed: go({ view: 'setup' }) }]
      : []),
    ...(snapshot?.options ? STACKS : []),
    ...(snapshot?.current === undefined ? [] : [IMPORT]),
    ...(snapshot ? MACHINE : []),
    ...(snapshot?.places ? [{ title: 'Show logs folder', deed: { do: 'open logs' } as const }] : []),
    ...(snapshot?.current === undefined ? [] : [REMOVE_KEYS]),
    ...(snapshot?.options && snapshot.current !== undefined && isFree(snapshot) ? [REMOVE] : []),
    ...(snapshot?.options ? options(snapshot.options) : []),
    ...ZOOM,
    QUIT,
  ];
  // the overview's head may offer for a service what its row offers too
  const isFirst = ({ title }: Command, i: number): boolean => all.findIndex((c) => c.title === title) === i;
  return all.filter(isFirst);
}

/** What there is in a view that is no command of its own elsewhere: it leads there. */
const WORDS: Readonly<Record<View, string>> = {
  overview: 'services health',
  logs: 'save copy follow wrap level since match older',
  doctor: '',
  settings: 'options port model image',
};

/** It shows what that would be, and begins nothing. */
const APPLY: Command = {
  title: 'Apply changes …',
  words: 'settings keys plan what will happen',
  deed: { do: 'ask', ask: { do: 'preview' } },
};

const KEYS: Command = {
  title: 'Go to Keys',
  words: 'secret password provider api keychain store passphrase',
  deed: { do: 'go', place: { view: 'settings', page: 'keys' } },
};

const SEARCH: Command = {
  title: 'Search the logs',
  words: 'find',
  key: FIND_KEY,
  deed: { do: 'go', place: { view: 'logs', isFinding: true } },
};

/** The keys are the menu's, and so is the next one's. */
const ZOOM: readonly Command[] = [
  { title: 'Zoom in', words: 'larger bigger size', key: '+', deed: { do: 'zoom', by: 1 } },
  { title: 'Zoom out', words: 'smaller size', key: '-', deed: { do: 'zoom', by: -1 } },
  { title: 'Actual size', words: 'zoom reset', key: '0', deed: { do: 'zoom', by: 0 } },
];

/** The way out where nothing shows a tray. */
const QUIT: Command = {
  title: 'Quit Letta Stack',
  words: 'exit end leave',
  key: 'q',
  deed: { do: 'quit' },
};

const go = (place: Place): Deed => ({ do: 'go', place });

const STACKS: readonly Command[] = [
  {
    title: 'Switch to another stack …',
    words: 'profile change show',
    deed: go({ view: 'settings', card: 'stack' }),
  },
  {
    title: 'Open a Compose file …',
    words: 'own yaml profile',
    deed: go({ view: 'settings', card: 'stack', opens: true }),
  },
];

const IMPORT: Command = {
  title: 'Import from a file …',
  words: '.env backup restore age keys secrets',
  deed: go({ view: 'settings', page: 'keys', card: 'import', opens: true }),
};

const MACHINE: readonly Command[] = [
  {
    title: 'Choose an engine …',
    words: 'docker podman context address registry mirror',
    deed: go({ view: 'settings', card: 'engine' }),
  },
  {
    title: 'Look at the graphics cards',
    words: 'gpu vllm local inference model fit',
    deed: go({ view: 'settings', card: 'gpu' }),
  },
];

const NOTIFICATIONS: readonly Command[] = [
  {
    title: 'Choose notifications …',
    words: 'notify tell mute off on',
    deed: go({ view: 'settings', card: 'notifications' }),
  },
  {
    title: 'Set quiet hours …',
    words: 'notifications night mute',
    deed: go({ view: 'settings', card: 'notifications' }),
  },
];

/** What goes is shown, and a word is asked for, where these lead. */
const REMOVE_KEYS: Command = {
  title: 'Remove all keys …',
  words: 'delete secrets providers',
  deed: go({ view: 'settings', page: 'keys', card: 'remove-keys', opens: true }),
};
const REMOVE: Command = {
  title: 'Remove everything …',
  words: 'delete data volumes uninstall',
  deed: go({ view: 'settings', card: 'remove', opens: true }),
};

/** What the overview's head offers: it says there what is meant, and here it stands alone. */
function offers(snapshot: AppSnapshot, failure: OperationFailure | undefined): Command[] {
  const { primary, others } = heroOf(snapshot, failure);
  return [...(primary ? [primary] : []), ...others].map(({ text, ask }) => {
    const isWhole = ask.do === 'operate' && ask.request.services.length === 0;
    const isBare = /^(Start|Stop|Restart)$/.test(text);
    return { title: isWhole && isBare ? `${text} the stack` : plain(text), deed: { do: 'ask', ask } };
  });
}

function addresses(stack: StackState): Command[] {
  const { project } = stack;
  const someUp = stack.services.some(isUp);
  const ofUrls = stack.urls.flatMap(({ label, on, tunnel }, index): Command[] => {
    const name = plain(label);
    // the browser here would open whatever has that address on this machine
    const open: Command[] =
      someUp && on === undefined
        ? [{ title: `Open ${name}`, words: 'browser', deed: { do: 'open', project, index } }]
        : [];
    return [
      ...open,
      { title: `Copy address of ${name}`, words: 'url', deed: { do: 'copy address', project, index } },
      ...(tunnel === undefined
        ? []
        : [copy(`Copy command that reaches ${name}`, 'tunnel ssh', plain(tunnel), 'command')]),
    ];
  });
  const [first] = stack.urls;
  const { connect } = stack;
  if (!connect || !first) return ofUrls;
  const test: Command[] =
    connect.test !== undefined && publishes(stack, connect.test)
      ? [{ title: 'Test the connection', words: 'try api', deed: { do: 'test connection', project } }]
      : [];
  const what = SECRET_WORD[connect.api];
  const deed = { do: 'copy secret', project, name: connect.secret, what } as const;
  const examples = snippetsOf(connect.api, first.url, connect.secret).map(({ name, text }) =>
    copy(`Copy ${name} example`, 'first request snippet', text, `${name} example`),
  );
  return [...ofUrls, ...test, { title: `Copy ${what}`, words: 'secret', deed }, ...examples];
}

const copy = (title: string, words: string, text: string, what: string): Command => ({
  title,
  words,
  deed: { do: 'copy', text, what },
});

function services(stack: StackState, canOperate: boolean): Command[] {
  const readiness: Command[] =
    canOperate && stack.services.some(isUp)
      ? [{ title: 'Check readiness', words: 'probe', deed: { do: 'ask', ask: { do: 'probe' } } }]
      : [];
  const ofEach = stack.services.flatMap((service): Command[] => {
    // what has no container is created by a start of the stack
    if (service.status === 'absent') return [];
    const { name } = service;
    const act = (verb: string, kind: Operate['kind']): Command => ({
      title: `${verb} ${plain(name)}`,
      words: 'service',
      deed: { do: 'ask', ask: { do: 'operate', request: { kind, services: [name] } } },
    });
    const acts = isUp(service) ? [act('Restart', 'restart'), act('Stop', 'stop')] : [act('Start', 'start')];
    const logs: Command = {
      title: `Show logs of ${plain(name)}`,
      deed: go({ view: 'logs', service: name }),
    };
    return canOperate ? [...acts, logs] : [logs];
  });
  return [...readiness, ...ofEach];
}

/** The app's own settings: what is not chosen yet, and the way to what has more to it than a word. */
function options({ theme, onQuit, startAtLogin }: AppOptions): Command[] {
  const change = (title: string, words: string, to: Partial<AppOptions>): Command => ({
    title,
    words,
    deed: { do: 'change option', change: to },
  });
  return [
    change(startAtLogin ? 'Do not start at login' : 'Start at login', 'autostart tray', {
      startAtLogin: !startAtLogin,
    }),
    ...NOTIFICATIONS,
    ...left(ON_QUIT, onQuit).map((c) => change(`On quit: ${c.title}`, 'end leave', { onQuit: c.value })),
    ...left(THEMES, theme).map((c) =>
      change(`Theme: ${c.title}`, 'appearance dark mode', { theme: c.value }),
    ),
  ];
}
