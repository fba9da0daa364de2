import { pack } from 'tar-stream';
import type { ContainerFile } from './files.ts';

/** A tar archive of files at their absolute targets, for `PUT /containers/{id}/archive?path=/`. */
export async function tarOf(
  entries: readonly { file: ContainerFile; content: Uint8Array }[],
): Promise<Uint8Array> {
  const archive = pack();
  for (const { file, content } of entries) {
    const { mode, uid, gid } = file;
    archive.entry({ name: file.target.replace(/^\/+/, ''), mode, uid, gid }, Buffer.from(content));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
