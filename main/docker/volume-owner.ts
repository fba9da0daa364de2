import type { Engine } from './port.ts';
import { withThrowaway } from './throwaway.ts';

/** Where the volume is mounted: at no path that an image has, so that nothing of it is copied into the volume. */
const MOUNTED = '/letta-stack-volume';
/** Volumes with much in them take their time; milliseconds. */
const PATIENCE_MS = 300_000;

/** A volume, or the part of it that is mounted, and who shall own what is in it. */
export interface VolumeOwner {
  /** of an image that is there and has `chown`; its id or name */
  readonly image: string;
  readonly volume: string;
  readonly subpath?: string | undefined;
  readonly uid: string;
  readonly gid: string;
  /** `HostConfig.UsernsMode` of the container whose user it is: the numbers are counted there */
  readonly usernsMode?: string | undefined;
}

/**
 * Gives everything in a volume to a user, in a container of its own that has this volume mounted and nothing else: what
 * a service mounts below its volume (folders of the user's, other volumes) is not there to be changed.
 * @returns the exit code of `chown`, and what it said
 * @throws Failure `engine.*`
 */
export async function giveVolume(
  engine: Engine,
  { image, volume, subpath, uid, gid, usernsMode }: VolumeOwner,
): Promise<{ readonly exitCode: number; readonly said: string }> {
  const { containers } = engine;
  const body = {
    Image: image,
    User: '0',
    Entrypoint: ['chown'],
    // -h: what a symbolic link in the volume leads to is not the volume's
    Cmd: ['-hR', `${uid}:${gid}`, MOUNTED],
    HostConfig: {
      Mounts: [
        {
          Type: 'volume',
          Source: volume,
          Target: MOUNTED,
          VolumeOptions: { NoCopy: true, ...(subpath !== undefined && { Subpath: subpath }) },
        },
      ],
      ...(usernsMode !== undefined && { UsernsMode: usernsMode }),
    },
  };
  return withThrowaway(engine, 'volume-owner', body, async (id) => {
    await containers.start(id);
    const exitCode = await containers.wait(id, AbortSignal.timeout(PATIENCE_MS));
    const said: Uint8Array[] = [];
    for await (const { data } of containers.logs(id, { tail: 20 })) said.push(data);
    return { exitCode, said: Buffer.concat(said).toString('utf8') };
  });
}
