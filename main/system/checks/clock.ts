import type { Check } from '../doctor-types.ts';
import { engineAnswers } from './parts.ts';

/** Seconds of difference at which certificates, tokens and the order of logs begin to suffer. */
const WARN = 30;
const FAIL = 300;

const BY_NETWORK = 'sudo timedatectl set-ntp true';

/** The clock of the engine's machine against this one's: a virtual machine's stands still while a laptop sleeps. */
export const checkClock: Check = {
  id: 'clock',
  title: 'Clock of the engine',
  category: 'engine',
  applicable: engineAnswers,
  run: async (ctx) => {
    const engine = await ctx.engine();
    const before = ctx.now();
    const there = await engine.clock();
    // the answer was written somewhere in between
    const seconds = Math.round((there - (before + ctx.now()) / 2) / 1000);
    const apart = Math.abs(seconds);
    if (apart < WARN) return { status: 'ok', detail: `within ${apart + 1} s of this computer's` };
    const isMachine = engine.info.product === 'docker';
    return {
      status: apart < FAIL ? 'warn' : 'fail',
      detail: `it is ${inWords(apart)} ${seconds < 0 ? 'behind' : 'ahead of'} this computer's`,
      fix: isMachine
        ? `Set the clock by the network on both machines: ${BY_NETWORK}`
        : "Restart the engine's virtual machine: it takes this computer's time when it starts.",
      ...(isMachine && { remedy: { do: 'copy', command: BY_NETWORK } }),
    };
  },
};

const inWords = (seconds: number): string =>
  seconds < 120
    ? `${seconds} s`
    : seconds < 7200
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;
