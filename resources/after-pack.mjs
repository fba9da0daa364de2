import { rm } from 'node:fs/promises';
import path from 'node:path';

/** What an Electron that was unpacked before still carries (electron-builder removes it from one that it unpacks). */
const NOT_SHIPPED = ['resources/default_app.asar', 'version', 'complete'];

export default async function afterPack({ appOutDir }) {
  await Promise.all(NOT_SHIPPED.map((file) => rm(path.join(appOutDir, file), { force: true })));
}
