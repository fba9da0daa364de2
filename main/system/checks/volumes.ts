import { giveVolume } from '../../docker/volume-owner.ts';
import { failure } from '../../errors.ts';
import type { ContainerSummary, MountPoint } from '../../docker/port.ts';
import { LABEL } from '../../stack/labels.ts';
import type { Check, DoctorContext } from '../doctor-types.ts';
import { firstLine, isMissing, notRunning, runningOf, whereEngine } from './parts.ts';

/** Who the first process is, by the kernel: an image's start may have given root away. */
const WHO = `while read -r key id _; do case $key in Uid:|Gid:) echo "$id" ;; esac; done </proc/1/status`;
const WRITABLE = `for path; do [ -w "$path" ] || echo "$path"; done`;
const REFUSED = /permission denied|operation not permitted|EACCES|EPERM|read-only file system/i;

/** Whether services may write where their data is, asked as the user that they run as. */
export const checkVolumes: Check = {
  id: 'volumes',
  title: 'Permissions of volumes',
  category: 'stack',
  applicable: (ctx) =>
    whereEngine(() => true)(ctx).then(
      async (can) => can && (await ctx.containers()).some((c) => c.Mounts.some(mayWrite)),
    ),
  run: async (ctx) => {
    const containers = (await ctx.containers()).filter((c) => c.Mounts.some(mayWrite));
    const up = runningOf(containers);
    const looked = await look(ctx);
    const refused = looked.flatMap((l) => l.refused.map((r) => ({ ...l, ...r })));
    if (refused.length > 0) {
      const mine = refused.filter((r) => r.volume !== undefined);
      return {
        status: 'fail',
        detail: refused.map((r) => `${r.service}: user ${r.uid} may not write to ${r.path}`).join('\n'),
        fix:
          mine.length === refused.length
            ? 'Give it to that user: letta-stack doctor{stack} --fix'
            : 'Give the mounted folder to that user, or mount it without :ro',
        ...(mine.length > 0 && {
          remedy: {
            do: 'repair',
            label: 'Give it to that user',
            asks: mine.map((r) => changeOf(r, containers)).join('\n'),
          },
        }),
      };
    }
    // what ends at once cannot be asked: its log says why
    const down = containers.map(serviceOf).filter((s) => !up.has(s));
    const logs = await Promise.all(
      down.map(async (service) => ({ service, log: await ctx.lastLines(service) })),
    );
    const told = logs.filter((l) => REFUSED.test(l.log)).map((l) => l.service);
    if (told[0] !== undefined) {
      return {
        status: 'fail',
        detail: told
          .map((service) => `${service} does not run, and its log says that it was refused a file`)
          .join('\n'),
        fix: `Look at which: letta-stack logs{stack} ${told[0]}`,
        remedy: { do: 'logs', service: told[0] },
      };
    }
    if (looked.length === 0) return notRunning(...containers.map(serviceOf));
    return { status: 'ok', detail: looked.map((l) => `${l.service} (user ${l.uid})`).join(', ') };
  },
  repair: async (ctx) => {
    for (const { service, uid, gid, image, usernsMode, refused } of await look(ctx)) {
      for (const { volume, subpath } of refused) {
        if (volume === undefined) continue;
        const owner = { image, volume, subpath, uid, gid, usernsMode };
        const { exitCode, said } = await giveVolume(await ctx.engine(), owner);
        if (exitCode !== 0) throw failure('doctor.not-repaired', { service, reason: firstLine(said) });
      }
    }
  },
};

/** What the repair changes, by its name, and who else has it. */
function changeOf(
  { service, path, volume, subpath, uid, gid }: Refused,
  containers: readonly ContainerSummary[],
): string {
  const part = subpath === undefined ? '' : `the folder ${subpath} of `;
  const users = containers.filter((c) => c.Mounts.some((m) => m.Type === 'volume' && m.Name === volume));
  const others = [...new Set(users.map(serviceOf))].filter((s) => s !== service);
  return [
    `Everything in ${part}volume ${volume} (${path} of ${service}) gets the owner ${uid}:${gid} (chown -R).`,
    'What is mounted below it is not touched.',
    ...(others.length > 0 ? [`It is also used by ${others.join(', ')}.`] : []),
  ].join(' ');
}

const serviceOf = ({ Labels }: ContainerSummary): string => Labels[LABEL.service] ?? '';

interface DataPath {
  readonly path: string;
  /** name of the volume; absent where it is a folder of this machine or of another, which is the user's to give */
  readonly volume?: string | undefined;
  /** folder of the volume that is mounted, where it is not the whole */
  readonly subpath?: string | undefined;
}

type Refused = Pick<Looked, 'service' | 'uid' | 'gid'> & DataPath;

const mayWrite = ({ Type, RW }: MountPoint): boolean =>
  (Type === 'volume' || Type === 'bind') && RW !== false;

/**
 * Paths at which a container keeps data. Folders of this machine are mounted for many reasons: those count that lie
 * where the image says that its data is, or where a Letta server keeps its own.
 */
async function pathsOf(ctx: DoctorContext, { Mounts, ImageID }: ContainerSummary): Promise<DataPath[]> {
  const mounts = Mounts.filter(mayWrite);
  if (mounts.length === 0) return [];
  const image = await (await ctx.engine()).images.inspect(ImageID);
  const declared = Object.keys(image?.Config.Volumes ?? {});
  return mounts
    .filter(
      (m) => m.Type === 'volume' || declared.includes(m.Destination) || m.Destination.endsWith('/.letta'),
    )
    .map((m) => ({ path: m.Destination, ...(m.Type === 'volume' && { volume: m.Name }) }));
}

interface Looked {
  readonly service: string;
  readonly uid: string;
  readonly gid: string;
  /** id of its image */
  readonly image: string;
  readonly usernsMode?: string | undefined;
  readonly refused: readonly DataPath[];
}

async function look(ctx: DoctorContext): Promise<Looked[]> {
  const containers = (await ctx.containers()).filter((c) => c.State === 'running');
  const found = await Promise.all(
    containers.map(async (container): Promise<Looked[]> => {
      const service = serviceOf(container);
      const paths = await pathsOf(ctx, container);
      if (paths.length === 0) return [];
      const who = await ctx.inside(service, { cmd: ['sh', '-c', WHO], timeoutMs: 5_000 });
      // without a shell nobody can be asked
      if (!who || isMissing(who)) return [];
      const [uid = '', gid = ''] = who.stdout.trim().split('\n');
      const cmd = ['sh', '-c', WRITABLE, 'sh', ...paths.map((p) => p.path)];
      const answer = await ctx.inside(service, { cmd, user: `${uid}:${gid}`, timeoutMs: 5_000 });
      if (!answer) return [];
      const lines = answer.stdout.split('\n');
      const refused = paths.filter((p) => lines.includes(p.path));
      const looked = { service, uid, gid, image: container.ImageID };
      return [{ ...looked, ...(await mountedAs(ctx, container.Id, refused)) }];
    }),
  );
  return found.flat();
}

/** What of a volume is mounted, and whether its data is the volume's own: one may stand for a folder somewhere else. */
async function mountedAs(
  ctx: DoctorContext,
  id: string,
  refused: readonly DataPath[],
): Promise<Pick<Looked, 'refused' | 'usernsMode'>> {
  if (refused.length === 0) return { refused };
  const { containers, volumes } = await ctx.engine();
  const host = (await containers.inspect(id))?.HostConfig as HostConfig | undefined;
  const usernsMode = host?.UsernsMode;
  return {
    ...(usernsMode && { usernsMode }),
    refused: await Promise.all(
      refused.map(async ({ path, volume }): Promise<DataPath> => {
        if (volume === undefined) return { path };
        if ((await volumes.inspect(volume))?.Options?.['device'] !== undefined) return { path };
        const subpath = host?.Mounts?.find((m) => m.Target === path)?.VolumeOptions?.Subpath;
        return { path, volume, ...(subpath && { subpath }) };
      }),
    ),
  };
}

/** What we read of the engine's `HostConfig`. */
interface HostConfig {
  readonly UsernsMode?: string;
  readonly Mounts?: readonly {
    readonly Target: string;
    readonly VolumeOptions?: { readonly Subpath?: string };
  }[];
}
