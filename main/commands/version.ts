import packageFile from '../../package.json' with { type: 'json' };
import type { RunCommand } from './command-types.ts';
import type { VersionJson } from './json-shapes.ts';
import { print, printJson } from './terminal.ts';

export const run: RunCommand = async (_call, { terminal, json }) => {
  const said: VersionJson = {
    version: packageFile.version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  if (json) await printJson(terminal, said);
  else await print(terminal, `letta-stack ${said.version} (node ${said.node}, ${said.platform})\n`);
  return 0;
};
