import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

/** What an Electron that was unpacked before still carries (electron-builder removes it from one that it unpacks). */
const NOT_SHIPPED = ['resources/default_app.asar', 'version', 'complete'];

export default async function afterPack({ appOutDir }) {
  await writeFile(path.join(appOutDir, 'resources', 'THIRD-PARTY-LICENSES'), thirdPartyLicenses());
  await Promise.all(NOT_SHIPPED.map((file) => rm(path.join(appOutDir, file), { force: true })));
}
