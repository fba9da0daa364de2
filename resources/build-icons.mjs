/**
 * Builds the tray icons and the app's icon from their SVGs: `npm run icons`.
 *
 * What it writes is committed, so that a build of the app needs no rasteriser. Run it after a change to an SVG
 * and look at the result at 16 px: the states must stay distinct without colour.
 *
 * Formats:
 * - ICO: https://devblogs.microsoft.com/oldnewthing/20101018-00/?p=12513 (directory) and
 *   https://devblogs.microsoft.com/oldnewthing/20101022-00/?p=12473 (PNG entries, since Windows Vista)
 * - ICNS: https://en.wikipedia.org/wiki/Apple_Icon_Image_format and https://relikd.github.io/icns-analysis/results/
 *   (Apple documents `iconutil` and the sizes, not the types)
 * - PNG: https://www.w3.org/TR/png-3/#5Chunk-layout
 * - macOS icon grid: https://developer.apple.com/design/human-interface-guidelines/app-icons
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const root = import.meta.dirname;

/** Inks and badges as in the look of the window; the badge's colour only repeats what its shape says. */
const PANELS = {
  light: { ink: '#1c1d1f', badges: { degraded: '#9a5b00', failed: '#b3261e' } },
  dark: { ink: '#ffffff', badges: { degraded: '#f0b357', failed: '#ff8f85' } },
};
/** macOS colours a template image itself and uses only its alpha. */
const TEMPLATE = { ink: '#000000', badges: {} };

/** File suffixes that Electron reads as scale factors. */
const SCALES = { '': 1, '@2x': 2, '@3x': 3 };
/** Pixels of the base image: a panel's on Linux, the menu bar's on macOS. */
const PANEL_SIZE = 22;
const MENU_BAR_SIZE = 18;
/** The Windows tray draws at 16 px times the display's scale of 100, 125, 150, 200 or 300 percent. */
const WINDOWS_TRAY_SIZES = [16, 20, 24, 32, 48];

const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
const APP_ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/**
 * Types that hold PNG. Without icp4 and icp5 (16 and 32 px at scale 1): in an app's bundle macOS does not show
 * PNG in these two well, and scales the next larger one instead.
 */
const ICNS_TYPES = {
  ic11: 32, // 16 pt at scale 2
  ic12: 64, // 32 pt at scale 2
  ic07: 128,
  ic13: 256, // 128 pt at scale 2
  ic08: 256,
  ic14: 512, // 256 pt at scale 2
  ic09: 512,
  ic10: 1024, // 512 pt at scale 2
};
/** On the grid of macOS the square is 824 of 1024 px wide; elsewhere it fills the image. */
const MACOS_MARGIN = (512 * (1024 / 824 - 1)) / 2;

/** Without these an image is still whole; all others (background, time, text) may differ from run to run. */
const PNG_CHUNKS = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
const PNG_SIGNATURE_LENGTH = 8;

function needRasteriser() {
  try {
    execFileSync('rsvg-convert', ['--version'], { stdio: 'ignore' });
  } catch {
    console.error('rsvg-convert is missing, and the icons cannot be drawn without it.');
    console.error('Install it with: sudo apt-get install librsvg2-bin (macOS: brew install librsvg)');
    process.exit(1);
  }
}

/** @returns a square PNG, `size` pixels wide */
function png(svg, size) {
  const args = ['--format', 'png', '--width', String(size), '--height', String(size)];
  return withoutMetadata(execFileSync('rsvg-convert', args, { input: svg }));
}

/** A chunk is its length, its type, that many bytes and a checksum. */
function withoutMetadata(image) {
  const kept = [image.subarray(0, PNG_SIGNATURE_LENGTH)];
  for (let at = PNG_SIGNATURE_LENGTH; at < image.length;) {
    const end = at + 12 + image.readUInt32BE(at);
    if (PNG_CHUNKS.has(image.toString('latin1', at + 4, at + 8))) kept.push(image.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

/** ICONDIR, an ICONDIRENTRY for each size, then the images. */
function ico(svg, sizes) {
  const images = sizes.map((size) => png(svg, size));
  const directory = Buffer.alloc(6 + 16 * sizes.length);
  directory.writeUInt16LE(1, 2); // an icon, not a cursor
  directory.writeUInt16LE(sizes.length, 4);
  let offset = directory.length;
  images.forEach((image, index) => {
    const entry = 6 + 16 * index;
    const side = sizes[index] % 256; // a byte: 0 stands for 256
    directory.writeUInt8(side, entry);
    directory.writeUInt8(side, entry + 1);
    directory.writeUInt16LE(1, entry + 4); // planes
    directory.writeUInt16LE(32, entry + 6); // bits a pixel
    directory.writeUInt32LE(image.length, entry + 8);
    directory.writeUInt32LE(offset, entry + 12);
    offset += image.length;
  });
  return Buffer.concat([directory, ...images]);
}

/** A type, the length with this head, and the content: an ICNS file and each image in it. */
function icnsBlock(type, content) {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32BE(head.length + content.length, 4);
  return Buffer.concat([head, content]);
}

function icns(svg) {
  const blocks = Object.entries(ICNS_TYPES).map(([type, size]) => icnsBlock(type, png(svg, size)));
  return icnsBlock('icns', Buffer.concat(blocks));
}

function save(path, content) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** The badge first: its fallback is the ink, for whoever opens the SVG itself. */
function coloured(svg, state, { ink, badges }) {
  return svg.replaceAll('var(--badge, currentColor)', badges[state] ?? ink).replaceAll('currentColor', ink);
}

/** The dot for what was not seen yet: in the corner that no state uses, with a gap around it. */
function withNews(svg) {
  const gap =
    '<mask id="news"><path fill="#fff" d="M0 0H22V22H0Z" /><circle fill="#000" cx="18" cy="4" r="5.2" /></mask>';
  return svg
    .replace(/(<svg[^>]*>)/, `$1${gap}<g mask="url(#news)">`)
    .replace('</svg>', '</g><circle fill="currentColor" cx="18" cy="4" r="3.6" /></svg>');
}

function saveScales(stem, svg, size) {
  for (const [suffix, scale] of Object.entries(SCALES)) save(`${stem}${suffix}.png`, png(svg, size * scale));
}

function buildTray() {
  const files = readdirSync(join(root, 'tray/svg')).filter((file) => file.endsWith('.svg'));
  for (const file of files) {
    const state = basename(file, '.svg');
    const source = readFileSync(join(root, 'tray/svg', file), 'utf8');
    for (const [suffix, drawing] of Object.entries({ '': source, '-news': withNews(source) }))
      saveState(state, suffix, drawing);
  }
  return files.length;
}

function saveState(state, suffix, source) {
  for (const [panel, colours] of Object.entries(PANELS)) {
    const svg = coloured(source, state, colours);
    saveScales(`tray/${panel}/${state}${suffix}`, svg, PANEL_SIZE);
    save(`tray/${panel}/${state}${suffix}.ico`, ico(svg, WINDOWS_TRAY_SIZES));
  }
  saveScales(`tray/template/${state}${suffix}Template`, coloured(source, state, TEMPLATE), MENU_BAR_SIZE);
}

function buildApp() {
  const svg = readFileSync(join(root, 'icon.svg'), 'utf8');
  for (const size of APP_SIZES) save(`icons/${size}x${size}.png`, png(svg, size));
  save('icon.png', png(svg, 512));
  save('icon.ico', ico(svg, APP_ICO_SIZES));
  const side = 512 + 2 * MACOS_MARGIN;
  const box = `viewBox="${-MACOS_MARGIN} ${-MACOS_MARGIN} ${side} ${side}"`;
  save('icon.icns', icns(svg.replace('viewBox="0 0 512 512"', box)));
}

needRasteriser();
const states = buildTray();
buildApp();
console.log(`Icons of ${states} tray states and of the app are in ${root}`);
