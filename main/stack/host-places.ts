/** What settings name on this machine: folders and files that containers are built from or mount. */
import type { FileSource } from '../model/types.ts';
import type { Setting } from './profile-schema.ts';

/**
 * Why what a setting of type `folder` or `file` names cannot be used, undefined when it can or is not set: an engine
 * would make an empty folder of what is not there, owned by root. What a profile names itself is not looked for: it is
 * the engine's (`/dev/null`), and this machine may have no such thing (Windows).
 */
export function placeProblem(setting: Setting, text: string, source: FileSource): string | undefined {
  if ((setting.type !== 'folder' && setting.type !== 'file') || text === '') return undefined;
  if (text === setting.default) return undefined;
  const found = kindAt(source, text);
  if (found === 'nothing') return `there is no ${setting.type} ${text}`;
  if (found === 'closed') return `${text} may not be read`;
  if (found !== setting.type) return `${text} is a ${found}`;
  const missing = setting.holds.filter((name) => kindAt(source, `${text}/${name}`) === 'nothing');
  if (missing.length === 0) return undefined;
  return `${text} has no ${missing.join(', ')}`;
}

/** Whether anything is at a path; what cannot be looked at (a socket, a closed folder) counts as there. */
export function isThere(source: FileSource, path: string): boolean {
  try {
    source.read(path);
    return true;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '');
  }
}

function kindAt(source: FileSource, path: string): 'file' | 'folder' | 'closed' | 'nothing' {
  try {
    source.read(path);
    return 'file';
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EISDIR') return 'folder';
    return code === 'EACCES' || code === 'EPERM' ? 'closed' : 'nothing';
  }
}
