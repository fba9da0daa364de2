// The tray's icons: each that is asked for is there, is packed, and is told from every other without colour.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BUSY_FRAMES, trayIconFile } from '../../main/desktop/tray-icon.ts';
import type { TrayIcon } from '../../main/desktop/tray-model.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STATES: readonly TrayIcon[] = ['stopped', 'busy', 'healthy', 'degraded', 'failed', 'unreachable'];
/** Platforms by their name in electron-builder.yml, and the sizes that an ICO holds: Windows draws 16 px at 100 %. */
const PLATFORMS = { darwin: 'mac', win32: 'win', linux: 'linux' } as const;
const ICO_SIZES = [16, 20, 24, 32, 48];
const SCALES = ['', '@2x', '@3x'];

type Platform = keyof typeof PLATFORMS;

/** What the tray asks for on a platform and a panel. */
function askedFor(platform: Platform, isDark: boolean): string[] {
  return STATES.flatMap((icon) =>
    [false, true].flatMap((hasNews) =>
      Array.from({ length: icon === 'busy' ? BUSY_FRAMES : 1 }, (_, frame) =>
        trayIconFile({ icon, hasNews }, frame, { platform, desktop: undefined, isDark }),
      ),
    ),
  );
}

const PANELS = (Object.keys(PLATFORMS) as Platform[]).flatMap((platform) =>
  [false, true].map((isDark) => [platform, isDark] as const),
);

interface Packing {
  readonly files: readonly string[];
}

/** Whether electron-builder puts a file into the archive of a platform. */
function packer(platform: Platform): (file: string) => boolean {
  const config = parse(readFileSync(path.join(ROOT, 'electron-builder.yml'), 'utf8')) as Packing &
    Record<string, Packing>;
  const patterns = [...config.files, ...config[PLATFORMS[platform]]!.files];
  const matches = (file: string, left: boolean): boolean =>
    patterns.some((p) => p.startsWith('!') === left && path.matchesGlob(file, p.replace(/^!/, '')));
  return (file) => matches(file, false) && !matches(file, true);
}

/** Grey (0…255) of each pixel, on a panel as dark as the icon is meant for; a template's ink is black. */
function greys(image: Buffer, panel: number): number[] {
  const { data } = PNG.sync.read(image);
  return Array.from({ length: data.length / 4 }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(4 * pixel, 4 * pixel + 4);
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    return panel + ((grey - panel) * alpha) / 255;
  });
}

/** The PNGs in an ICO, by their width: an ICONDIR, then an ICONDIRENTRY of 16 bytes for each. */
function imagesIn(ico: Buffer): Map<number, Buffer> {
  const entries = Array.from({ length: ico.readUInt16LE(4) }, (_, index) => {
    const entry = ico.subarray(6 + 16 * index);
    const [length, at] = [entry.readUInt32LE(8), entry.readUInt32LE(12)];
    return [entry.readUInt8(0), ico.subarray(at, at + length)] as const;
  });
  return new Map(entries);
}

/** The widths of the PNGs in an ICNS by their type: blocks of a type, their length with this head, and their content. */
function widthsIn(icns: Buffer): Record<string, number> {
  const widths: Record<string, number> = {};
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4))
    widths[icns.toString('latin1', at, at + 4)] = PNG.sync.read(
      icns.subarray(at + 8, at + icns.readUInt32BE(at + 4)),
    ).width;
  return widths;
}

const read = (file: string): Buffer => readFileSync(path.join(ROOT, 'resources/tray', file));

/** An icon at its smallest: 16 px on Windows, 18 on macOS, 22 on Linux. */
const smallest = (file: string): Buffer =>
  file.endsWith('.ico') ? imagesIn(read(file)).get(16)! : read(file);

/** As many pixels of the smallest icons must differ, each by a quarter of what lies between black and white. */
const CLEARLY = { pixels: 8, grey: 64 };

describe.each(PANELS)('the icons of the tray on %s, dark: %s', (platform, isDark) => {
  const files = askedFor(platform, isDark);

  it('are there in every size, and are packed', () => {
    const isPacked = packer(platform);
    const all = files.flatMap((file) =>
      file.endsWith('.ico') ? [file] : SCALES.map((scale) => file.replace('.png', `${scale}.png`)),
    );
    expect(all.filter((file) => !existsSync(path.join(ROOT, 'resources/tray', file)))).toEqual([]);
    expect(all.filter((file) => !isPacked(`resources/tray/${file}`))).toEqual([]);
    for (const file of all.filter((f) => f.endsWith('.ico')))
      expect([...imagesIn(read(file)).keys()], file).toEqual(ICO_SIZES);
  });

  it('are told from each other at their smallest, without colour', () => {
    const panel = isDark && platform !== 'darwin' ? 0 : 255;
    const icons = files.map((file) => [file, greys(smallest(file), panel)] as const);
    const alike = icons.flatMap(([file, one], index) =>
      icons.slice(index + 1).flatMap(([other, two]) => {
        const pixels = one.filter((grey, i) => Math.abs(grey - two[i]!) >= CLEARLY.grey).length;
        return pixels < CLEARLY.pixels ? [`${file} and ${other}: ${pixels} pixels differ`] : [];
      }),
    );
    expect(alike).toEqual([]);
  });
});

it('one platform gets no icons of another', () => {
  const isPacked = packer('linux');
  const others = [...askedFor('darwin', false), ...askedFor('win32', true), 'svg/healthy.svg'];
  expect(others.filter((file) => isPacked(`resources/tray/${file}`))).toEqual([]);
});

it('the app has its own in every size that Windows and macOS draw', () => {
  const own = (name: string): Buffer => readFileSync(path.join(ROOT, 'resources', name));
  // a byte: 0 stands for 256
  expect([...imagesIn(own('icon.ico')).keys()]).toEqual([16, 24, 32, 48, 64, 128, 0]);
  const icns = own('icon.icns');
  expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
  const sizes = { ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 };
  expect(widthsIn(icns)).toEqual(sizes);
});
