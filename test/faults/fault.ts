/** What a fault is, and the one way in which each of them is tried, on whatever stack. */
import { expect } from 'vitest';
import type { ErrorCode } from '../../main/errors.ts';
import type { UpRequest } from '../../main/stack/stack-types.ts';
import type { EngineCall, Hook } from './hooked-engine.ts';
import { errorsOf, within, type World } from './world.ts';

export interface Fault {
  readonly name: string;
  /** the one profile on which it can be made */
  readonly only?: string;
  /** how the stack is before: never made, down with its volumes, or up and well */
  readonly from: 'nothing' | 'down' | 'up';
  /** makes the fault before the `up` */
  readonly arrange?: (world: World) => Promise<unknown>;
  /** what the status must hold after that, before the `up` */
  readonly seen?: (world: World) => object;
  /** makes it while the `up` runs */
  readonly during?: (world: World) => Hook;
  readonly request?: (world: World) => UpRequest;
  /** what the `up` fails with; absent: it must succeed in spite of the fault */
  readonly fails?: (world: World) => {
    readonly code: ErrorCode;
    readonly says: RegExp;
    readonly next: RegExp;
  };
  /** what the status must hold after the failed `up` */
  readonly afterwards?: (world: World) => object;
  readonly heal?: (world: World) => Promise<unknown>;
  /** the volumes and rows that the fault itself takes away */
  readonly loses?: boolean;
  /** what the doctor finds while it lasts, by its check */
  readonly found?: { readonly check: string; readonly status: 'warn' | 'fail'; readonly detail: RegExp };
  /** how long the `up` may take until it fails, in milliseconds */
  readonly withinMs?: number;
}

/** Brings the stack into the state in which the fault finds it. */
export async function bring(world: World, from: Fault['from']): Promise<void> {
  if (from === 'nothing') return world.reset();
  if (!(await world.isUp())) await world.expectConverges(await world.volumes());
  if (from === 'down') await world.down();
}

/**
 * Tries one fault: the `up` fails with its cause and what to do next (or gets over it), the status is true within 5 s,
 * and once the fault is over the next `up` makes everything well, with no volume lost and nothing left behind (unless
 * what follows is to go on from there).
 */
export async function provoke(world: World, fault: Fault, { andConverges = true } = {}): Promise<void> {
  await bring(world, fault.from);
  const before = await world.volumes();
  try {
    await fault.arrange?.(world);
    if (fault.loses) world.forgetRow();
    if (fault.seen) await world.expectStatus(fault.seen(world));

    world.hook = fault.during?.(world);
    const errors = await within(
      fault.withinMs ?? world.subject.upMs,
      `the up (${fault.name})`,
      errorsOf(world.up(fault.request?.(world))),
    );
    world.hook = undefined;
    const wanted = fault.fails?.(world);
    if (wanted) {
      expect(errors).toMatchObject([
        {
          code: wanted.code,
          message: expect.stringMatching(wanted.says),
          next: expect.stringMatching(wanted.next),
        },
      ]);
      await world.expectStatus(fault.afterwards?.(world));
    } else {
      expect(errors).toEqual([]);
    }
    if (fault.found) {
      const { check, status, detail } = fault.found;
      expect(await world.finding(check)).toMatchObject({ status, detail: expect.stringMatching(detail) });
    }
  } finally {
    world.hook = undefined;
    await fault.heal?.(world);
  }
  if (andConverges) await world.expectConverges(fault.loses ? {} : before);
  if (fault.found) expect(await world.finding(fault.found.check)).not.toMatchObject({ status: 'fail' });
}

/** A hook that acts once, at the first call that `at` finds. */
export function once(at: (call: EngineCall) => boolean, act: () => unknown): Hook {
  let done = false;
  return async (call) => {
    if (done || !at(call)) return;
    done = true;
    await act();
  };
}
