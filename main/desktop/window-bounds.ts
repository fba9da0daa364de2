/** Where a window stands, in pixels of the desktop; x and y grow to the right and down. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Of its title bar so much must be on a screen for it to be taken hold of, in pixels. */
const LEAST = { width: 100, height: 40 };

/**
 * Where a window opens that stood there before: a screen may have been taken away since. Pure.
 * @param workAreas of the screens that are there, without panels and docks
 * @returns its place and size, its size alone where it would be out of sight, nothing where nothing was kept
 */
export function boundsOn(kept: Bounds | undefined, workAreas: readonly Bounds[]): Partial<Bounds> {
  if (!kept) return {};
  const isOn = workAreas.some((area) => {
    const width = Math.min(kept.x + kept.width, area.x + area.width) - Math.max(kept.x, area.x);
    return width >= LEAST.width && kept.y >= area.y && kept.y < area.y + area.height - LEAST.height;
  });
  return isOn ? kept : { width: kept.width, height: kept.height };
}

/** What was kept; undefined where it cannot be understood: where a window stood is no more than a convenience. */
export function keptBounds(text: string): Bounds | undefined {
  try {
    const { x, y, width, height } = JSON.parse(text) as Partial<Record<keyof Bounds, unknown>>;
    if (![x, y, width, height].every((n) => Number.isInteger(n))) return undefined;
    return { x, y, width, height } as Bounds;
  } catch {
    return undefined;
  }
}
