import type { Engine, VolumeInspect } from './port.ts';
import { segment, type Transport } from './transport.ts';

/** The volumes of an engine. */
export function volumesOf(api: Transport): Engine['volumes'] {
  const path = (name: string): string => `/volumes/${segment(name)}`;
  return {
    async list(filters) {
      const { body } = await api.call({ method: 'GET', path: '/volumes', query: { filters } });
      return (body as { Volumes: VolumeInspect[] | null }).Volumes ?? [];
    },
    inspect: (name) => api.find<VolumeInspect>({ method: 'GET', path: path(name), subject: name }),
    async create(body) {
      const request = { method: 'POST', path: '/volumes/create', body, subject: body.Name } as const;
      return (await api.call(request)).body as VolumeInspect;
    },
    async remove(name) {
      await api.call({ method: 'DELETE', path: path(name), subject: name });
    },
  };
}

/** `GET /system/df`, the volumes' part. */
export async function diskUsageOf(api: Transport): ReturnType<Engine['diskUsage']> {
  const { body } = await api.call({ method: 'GET', path: '/system/df' });
  const { LayersSize, Volumes } = body as {
    LayersSize?: number;
    Volumes: (VolumeInspect & { UsageData?: { Size: number } | null })[] | null;
  };
  const volumes = (Volumes ?? []).map(({ UsageData, ...volume }) =>
    // -1: this driver does not tell
    UsageData && UsageData.Size >= 0 ? { ...volume, Size: UsageData.Size } : volume,
  );
  return { volumes, layersSize: LayersSize ?? 0 };
}
