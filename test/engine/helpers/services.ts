import { TEST_IMAGE } from '../real-engine.ts';

/** What of a service a test's file writes. */
export type ServiceOfFile = Readonly<Record<string, unknown>>;

/** No volume for the folder that the image declares: nothing nameless is left behind. */
const base: ServiceOfFile = { image: TEST_IMAGE, init: true, tmpfs: ['/data'], stop_grace_period: '2s' };

/** A service that runs until it is stopped, and stops at once. */
export const idle: ServiceOfFile = { ...base, command: ['sleep', 'infinity'] };

/** One that runs a command of the shell to its end. */
export const job = (command: string): ServiceOfFile => ({ ...base, command: ['sh', '-c', command] });
