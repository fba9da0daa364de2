/** One stack on an engine of its own, which faults may break, and what must be so after each of them. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Finding } from '../../main/system/doctor-types.ts';
import type { StackState } from '../../main/contract.ts';
import type { ContainerInspect, Engine } from '../../main/docker/port.ts';
import { Failure, say, type SaidError } from '../../main/errors.ts';
import { RESTARTS_ARE_A_LOOP } from '../../main/stack/derive.ts';
import { LABEL } from '../../main/stack/labels.ts';
import type { Stack } from '../../main/stack/stack-types.ts';
import { choose, freePort, openBox, type CoreBox } from '../engine/helpers/core-box.ts';
import { psql } from '../engine/helpers/database.ts';
import { inspectAll, objectsOf } from '../engine/helpers/objects.ts';
import { Recorder } from '../engine/helpers/recorder.ts';
import { freshLab, type LabHandle } from '../setup/lab.ts';
import { hookedEngine, type Hook } from './hooked-engine.ts';
import type { Subject } from './subject.ts';

/** After a fault the status must be true within this, in milliseconds. */
export const STATUS_MS = 5_000;

/** Fails instead of hanging. `ms` milliseconds at the most. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const end = new AbortController();
  const late = sleep(ms, undefined, { signal: end.signal }).then(() => {
    throw new Error(`${what} took longer than ${ms / 1000} s`);
  });
  late.catch(() => {}); // the one that lost the race
  try {
    return await Promise.race([promise, late]);
  } finally {
    end.abort();
  }
}

/** The errors that a promise ends with, as the user reads them; none when it does not fail. */
export async function errorsOf(promise: Promise<unknown>): Promise<readonly SaidError[]> {
  try {
    await promise;
    return [];
  } catch (e) {
    if (e instanceof Failure) return e.errors.map((x) => say(x));
    throw e;
  }
}

/** A container's state as the contract says it. */
/** In a loop of restarts it is restarting, whatever the engine says of its turn. */
const wordsOf = ({ State, RestartCount }: ContainerInspect): string[] => [
  wordOf(State),
  ...(RestartCount >= RESTARTS_ARE_A_LOOP ? ['restarting'] : []),
];

function wordOf({ Status, Health, ExitCode, OOMKilled, Error }: ContainerInspect['State']): string {
  if (Status === 'running') return Health?.Status ?? 'running';
  if (Status === 'created') return Error === '' ? 'created' : 'failed';
  if (Status !== 'exited') return Status;
  return [0, 130, 137, 143].includes(ExitCode) && !OOMKilled ? 'stopped' : 'failed';
}

export class World implements AsyncDisposable {
  readonly subject: Subject;
  readonly lab: LabHandle;
  readonly box: CoreBox;
  readonly project: string;
  readonly port: number;
  /** called around the engine calls of our operations */
  hook: Hook | undefined;
  /** a row of the database that must survive everything; undefined while there is no database */
  #word: string | undefined;

  private constructor(subject: Subject, lab: LabHandle, box: CoreBox, port: number) {
    this.subject = subject;
    this.lab = lab;
    this.box = box;
    this.port = port;
    this.project = box.project('faults');
  }

  static async open(subject: Subject, name: string): Promise<World> {
    const lab = await freshLab(name, {
      images: subject.images,
      dataSize: subject.dataSize,
      // The engine's own attempts wait up to 20 s each; ours come on top of them.
      args: '--max-download-attempts=1',
    });
    const box = await openBox({ host: lab.host, profilesFolder: subject.profilesFolder });
    const world = new World(subject, lab, box, await freePort());
    const hooked = hookedEngine(box.engine, () => world.hook);
    box.core.engine = async () => hooked;
    await world.choose({ [subject.portVariable]: String(world.port) });
    return world;
  }

  get engine(): Engine {
    return this.box.engine;
  }

  /** Keeps settings of the stack. */
  choose(variables: Readonly<Record<string, string>>): Promise<void> {
    return choose(this.box.core, this.project, { profile: this.subject.profile, variables });
  }

  /** The stack with its settings as they are now. */
  stack(): Promise<Stack> {
    return this.box.stackFor({ profile: this.subject.profile, project: this.project });
  }

  async up(request: Parameters<Stack['up']>[0] = {}, signal?: AbortSignal): Promise<StackState> {
    return (await this.stack()).up(request, new Recorder(signal ? { signal } : {}));
  }

  async status(deep = false): Promise<StackState> {
    return (await this.stack()).status({ deep });
  }

  /** What the doctor finds by one of its checks. */
  async finding(check: string): Promise<Finding | undefined> {
    const ref = { profile: this.subject.profile, project: this.project, directory: this.box.folder };
    return (await this.box.core.doctor({ ref, only: [check] }))[0];
  }

  /** Asks the database as its superuser. */
  async query(sql: string): Promise<string> {
    const { user, name } = this.subject.database;
    return psql(await this.stack(), { user, database: name, sql });
  }

  /** Changes the password of the role in the database, behind our back. */
  async changePassword(password: string): Promise<void> {
    await this.query(`alter role ${this.subject.database.role} password '${password}'`);
  }

  /** The one that is in the secret store. */
  async storedPassword(): Promise<string> {
    const store = await this.box.core.secretStore();
    return (await store.get({ scope: this.project, name: this.subject.password })) ?? '';
  }

  containerName(service: string): string {
    return `${this.project}-${service}-1`;
  }

  /** Takes everything away, the volumes and the secrets that were made with them too. */
  async reset(): Promise<void> {
    const stack = await this.stack();
    const { volumes } = await objectsOf(this.engine, this.project);
    await stack.down({ deleteVolumes: Object.keys(volumes) }, new Recorder({ answer: true }));
    await this.removeUnlabelled();
    for (const { name, scope } of stack.block?.secrets ?? []) {
      if (scope === 'stack') await stack.unsetSecret(name, name);
    }
    this.#word = undefined;
  }

  /**
   * Removes volumes of ours without a label: an engine that is killed in the very moment in which it makes one (seen in
   * 1 of 15 tries on 28.5) has it afterwards as nobody's, and an `up` asks before it uses that.
   */
  async removeUnlabelled(): Promise<void> {
    for (const { Name, Labels } of await this.engine.volumes.list({}))
      if (Name.startsWith(`${this.project}_`) && Labels?.[LABEL.project] === undefined)
        await this.engine.volumes.remove(Name);
  }

  async down(): Promise<void> {
    await (await this.stack()).down({}, new Recorder());
  }

  async isUp(): Promise<boolean> {
    return (
      (await this.status()).status === 'running' && (await (await this.stack()).plan({})).steps.length === 0
    );
  }

  volumes(): Promise<Readonly<Record<string, string>>> {
    return objectsOf(this.engine, this.project).then((o) => o.volumes);
  }

  /** Sends the engine's process a signal at once: SIGKILL is a crash of it, SIGSTOP its silence. */
  signalEngine(signal: NodeJS.Signals): void {
    const file = path.join(path.dirname(this.lab.host.replace(/^unix:\/\//, '')), 'dockerd.pid');
    process.kill(Number(readFileSync(file, 'utf8')), signal);
  }

  /** The status says what is so, within 5 s; `expected` is what must stand in it. */
  async expectStatus(expected: object = {}, deep = false): Promise<void> {
    const until = performance.now() + STATUS_MS;
    for (;;) {
      const left = Math.max(500, until - performance.now());
      const state = await within(left, 'the status', this.status(deep));
      try {
        expect(state).toMatchObject(expected);
        const truth = await this.#truth();
        expect(state.services.map((s) => s.name).toSorted()).toEqual(Object.keys(truth).toSorted());
        for (const { name, status } of state.services) expect(truth[name], name).toContain(status);
        return;
      } catch (e) {
        if (performance.now() > until) throw e;
        await sleep(100);
      }
    }
  }

  /**
   * What the engine itself says of each service, as the contract's words: one of each of its containers, since an `up`
   * that was cut short may leave the old one beside the new one.
   */
  async #truth(): Promise<Record<string, readonly string[]>> {
    const containers = await inspectAll(this.engine, this.project);
    const entries = this.subject.services.map((service): [string, readonly string[]] => {
      const own = containers.filter((x) => x.Config.Labels?.[LABEL.service] === service);
      return [service, own.length === 0 ? ['absent'] : own.flatMap(wordsOf)];
    });
    return Object.fromEntries(entries);
  }

  /** While there is no engine the status says so, by its cause, within 5 s. */
  async expectNoEngine(): Promise<void> {
    const until = performance.now() + STATUS_MS;
    let error = undefined;
    // a socket takes connections for a moment after its engine's death, and breaks them
    do [error] = await within(STATUS_MS, 'the status', errorsOf(this.status()));
    while (error?.code === 'engine.connection-lost' && performance.now() < until);
    expect(error?.code).toBe('engine.not-running');
    expect(error?.message).toContain(this.lab.host);
    expect(error?.next).toMatch(/^Start it/);
  }

  /**
   * The next `up` makes everything well, with every volume and row that was there before and nothing left behind.
   * `before` are the volumes that must still be there.
   */
  async expectConverges(before: Readonly<Record<string, string>>): Promise<void> {
    const state = await within(this.subject.upMs, 'the next up', this.up());
    expect(state).toMatchObject({ status: 'running', sentence: 'All services are well.' });
    const healthy = Object.fromEntries(this.subject.services.map((s) => [s, 'healthy']));
    expect(Object.fromEntries(state.services.map((s) => [s.name, s.status]))).toEqual(healthy);

    const now = await objectsOf(this.engine, this.project);
    expect(now.volumes).toMatchObject(before);
    // no container under a temporary name, no second network
    expect(Object.keys(now.containers).toSorted()).toEqual(
      this.subject.services.map((s) => this.containerName(s)).toSorted(),
    );
    expect((await (await this.stack()).plan({})).steps).toEqual([]);

    if (this.#word !== undefined) {
      expect(await this.query('select word from faults')).toBe(this.#word);
      return;
    }
    this.#word = randomBytes(6).toString('hex');
    await this.query(`create table faults (word text); insert into faults values ('${this.#word}')`);
  }

  /** The database was removed on purpose. */
  forgetRow(): void {
    this.#word = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.box[Symbol.asyncDispose]();
    } finally {
      await this.lab[Symbol.asyncDispose]();
    }
  }
}
