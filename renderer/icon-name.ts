/** Pictures that the window has: those of states first, then those of actions. */
export type IconName =
  | 'ok'
  | 'warn'
  | 'bad'
  | 'busy'
  | 'stopped'
  | 'absent'
  | 'paused'
  | 'skipped'
  | 'unreachable'
  | 'play'
  | 'restart'
  | 'stop'
  | 'logs'
  | 'up'
  | 'down'
  | 'close'
  | 'stack';
