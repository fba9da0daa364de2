import type { z } from 'zod';
import type { FindingShape } from '../main/channels.ts';
import type {
  FitVerdict,
  Operation,
  ServiceStatus,
  StackStatus,
  TaskStatus,
  VllmOffer,
} from '../main/contract.ts';
import type { IconName } from './icon-name.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'quiet';

/** A state as it is shown: by a shape and a word; the colour only repeats them. */
export interface Look {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: Tone;
}

const look = (icon: IconName, word: string, tone: Tone): Look => ({ icon, word, tone });

export const STACK: Readonly<Record<StackStatus, Look>> = {
  stopped: look('stopped', 'Stopped', 'quiet'),
  busy: look('busy', 'Busy', 'busy'),
  running: look('ok', 'Healthy', 'ok'),
  degraded: look('warn', 'Degraded', 'warn'),
  failed: look('bad', 'Failed', 'bad'),
  unknown: look('unreachable', 'Engine unreachable', 'bad'),
};

export const SERVICE: Readonly<Record<ServiceStatus, Look>> = {
  absent: look('absent', 'Not created', 'quiet'),
  created: look('absent', 'Not started', 'quiet'),
  starting: look('busy', 'Starting', 'busy'),
  healthy: look('ok', 'Healthy', 'ok'),
  running: look('ok', 'Running', 'ok'),
  unhealthy: look('warn', 'Unhealthy', 'warn'),
  restarting: look('bad', 'Restarting', 'bad'),
  paused: look('paused', 'Paused', 'warn'),
  completed: look('ok', 'Completed', 'ok'),
  failed: look('bad', 'Failed', 'bad'),
  stopped: look('stopped', 'Stopped', 'quiet'),
};

export const TASK: Readonly<Record<z.infer<typeof TaskStatus>, Look>> = {
  waiting: look('absent', 'Waiting', 'quiet'),
  running: look('busy', 'Running', 'busy'),
  done: look('ok', 'Done', 'ok'),
  failed: look('bad', 'Failed', 'bad'),
  skipped: look('skipped', 'Skipped', 'quiet'),
  cancelled: look('stopped', 'Cancelled', 'quiet'),
};

export const FINDING: Readonly<Record<FindingShape['status'], Look>> = {
  ok: look('ok', 'OK', 'ok'),
  warn: look('warn', 'Warning', 'warn'),
  fail: look('bad', 'Problem', 'bad'),
  skip: look('skipped', 'Skipped', 'quiet'),
};

/** Whether there is something to do about it. */
export const isWrong = ({ status }: Pick<FindingShape, 'status'>): boolean =>
  status === 'fail' || status === 'warn';

/** Whether vLLM will run. */
export const OFFER: Readonly<Record<VllmOffer['verdict'], Look>> = {
  works: look('ok', 'vLLM works', 'ok'),
  likely: look('ok', 'vLLM will likely run', 'ok'),
  not: look('warn', 'vLLM will not run', 'warn'),
};

/** Whether a model fits. */
export const FIT: Readonly<Record<FitVerdict, Look>> = {
  fits: look('ok', 'Fits', 'ok'),
  settings: look('warn', 'With other settings', 'warn'),
  shorter: look('warn', 'Shorter', 'warn'),
  quantise: look('warn', 'Only quantised', 'warn'),
  'too-large': look('bad', 'Too large', 'bad'),
  unknown: look('absent', 'Not known', 'quiet'),
};

/** What is being done, as a title and as a sentence. */
export const OPERATION: Readonly<Record<Operation['kind'], readonly [title: string, sentence: string]>> = {
  up: ['Starting', 'Images, containers and services are brought to what the profile says.'],
  start: ['Starting', 'Services are being started.'],
  stop: ['Stopping', 'Services are being stopped; their data stays.'],
  restart: ['Restarting', 'Services are being restarted.'],
  down: ['Removing', 'Containers are being removed; the data volumes stay.'],
  remove: ['Removing everything', 'Containers, networks, data volumes and keys are being removed.'],
  pull: ['Pulling', 'Images are being downloaded.'],
  build: ['Building', 'Images are being built.'],
  secrets: ['Changing secrets', 'Secrets of the stack are being changed.'],
};
