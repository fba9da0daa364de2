import type { Engine } from '../../../main/docker/port.ts';
import { LABEL } from '../../../main/stack/labels.ts';
import { freePort } from './core-box.ts';

/** The lab's stand-in for an OpenAI-compatible provider (test/lab/images/fake-provider). */
const IMAGE = 'lab/fake-provider:1';

/**
 * Starts the fake provider on the engine's machine, as a model server of the user's own; it goes with its box.
 * Returns the address under which a service finds it. `delayMs` is the time
 * between the pieces of a streamed answer.
 */
export async function startProvider(
  engine: Engine,
  { name, delayMs }: { readonly name: string; readonly delayMs: number },
): Promise<string> {
  const port = await freePort();
  const { Id } = await engine.containers.create(name, {
    Image: IMAGE,
    Env: ['HOST=0.0.0.0', 'PORT=80', `FAKE_DELAY_MS=${delayMs}`],
    Labels: { [LABEL.project]: name },
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { PortBindings: { '80/tcp': [{ HostIp: await gateway(engine), HostPort: String(port) }] } },
    NetworkingConfig: { EndpointsConfig: {} },
  });
  await engine.containers.start(Id);
  return `http://host.docker.internal:${port}/v1`;
}

/** The machine's address on the engine's bridge: what `host-gateway` stands for. */
export async function gateway(engine: Engine): Promise<string> {
  const bridge = (await engine.networks.inspect('bridge'))?.IPAM as {
    readonly Config?: readonly { readonly Gateway?: string }[];
  };
  return bridge.Config?.[0]?.Gateway ?? '127.0.0.1';
}
