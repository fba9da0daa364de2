import type { ObservedContainer } from '../../../main/stack/observed.ts';

/** A container of project `p` that runs and has no health check, with what a test is about. */
export const container = (some: Partial<ObservedContainer> = {}): ObservedContainer => ({
  id: `id-of-${some.service ?? 'a'}`,
  name: `p-${some.service ?? 'a'}-1`,
  service: 'a',
  number: 1,
  oneoff: false,
  state: 'running',
  exitCode: 0,
  oomKilled: false,
  error: '',
  neverStarted: false,
  restarts: 0,
  restartPolicy: 'no',
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: '2026-01-01T00:00:01Z',
  labels: {},
  imageId: 'sha256:a',
  image: 'app:1',
  networks: [],
  networkMode: 'default',
  mounts: [],
  ports: [],
  ...some,
});
