import { isUp, type Cause, type ServiceState } from '../../main/contract.ts';
import type { Request } from '../hero-model.ts';
import { SERVICE, type Tone } from '../looks.ts';
import { logText, plain, plainLines } from '../text.ts';
import { since } from '../time.ts';
import type { ServiceUsage } from '../use-history.ts';
import { IconButton } from './icon-button.tsx';
import { ServiceUse } from './service-use.tsx';
import { StateWord } from './state-word.tsx';

export interface ServiceActions {
  /** undefined: nothing may be done now */
  readonly operate: ((request: Request) => void) | undefined;
  readonly showLogs: (service: string) => void;
}

interface Props extends ServiceActions {
  readonly service: ServiceState;
  readonly usage: ServiceUsage | undefined;
  readonly now: number;
}

/** A service: what it is, how it is and why, and what can be done with it. */
export function ServiceRow({ service, usage, now, operate, showLogs }: Props) {
  const { name, status, cause } = service;
  const words = plain(name);
  const act = (kind: Request['kind']) => () => operate?.({ kind, services: [name] });
  const disabled = operate === undefined;
  return (
    <li className="service">
      <div className="service-main">
        <h3>{words}</h3>
        <p className="soft">{factsOf(service, now).join(' · ')}</p>
      </div>
      <StateWord look={SERVICE[status]} />
      <ServiceUse usage={usage} />
      <div className="service-actions">
        {isUp(service) ? (
          <>
            <IconButton
              icon="restart"
              name={`Restart ${words}`}
              onClick={act('restart')}
              disabled={disabled}
            />
            <IconButton icon="stop" name={`Stop ${words}`} onClick={act('stop')} disabled={disabled} />
          </>
        ) : (
          // what has no container is created by a start of the stack, which is shown before it is done
          status !== 'absent' && (
            <IconButton icon="play" name={`Start ${words}`} onClick={act('start')} disabled={disabled} />
          )
        )}
        <IconButton
          icon="logs"
          name={`Show logs of ${words}`}
          onClick={() => showLogs(name)}
          disabled={status === 'absent'}
        />
      </div>
      {cause && <CauseNote cause={cause} tone={CALM.has(status) ? 'quiet' : SERVICE[status].tone} />}
    </li>
  );
}

/** What stands under the name, as far as it is known. */
function factsOf({ image, startedAt, status, restarts, ports }: ServiceState, now: number): string[] {
  const uptime = isRunning(status) && startedAt !== undefined ? since(startedAt, now) : undefined;
  return [
    plain(image),
    ...(uptime === undefined ? [] : [`up ${uptime}`]),
    ...(restarts > 0 ? [`restarted ${restarts === 1 ? 'once' : `${restarts} times`}`] : []),
    ...ports.map((p) => plain(`${p.address}:${p.published} → ${p.target}/${p.protocol}`)),
  ];
}

const isRunning = (status: ServiceState['status']): boolean =>
  status === 'healthy' || status === 'running' || status === 'unhealthy' || status === 'starting';

/** That it is not there, or not yet, is nothing to be alarmed at. */
const CALM: ReadonlySet<ServiceState['status']> = new Set(['starting', 'absent', 'created', 'stopped']);

function CauseNote({ cause, tone }: { cause: Cause; tone: Tone }) {
  const { sentence, detail, exitCode, log } = cause;
  return (
    <div className={`cause ${tone}`}>
      <p>
        {plain(sentence)}
        {exitCode !== undefined && !sentence.includes(String(exitCode)) && `, exit code ${exitCode}`}
      </p>
      {detail !== undefined && detail.trim() !== '' && <pre tabIndex={0}>{plainLines(detail)}</pre>}
      {log && log.length > 0 && (
        <details open>
          <summary>Last output</summary>
          <pre tabIndex={0}>{log.map(logText).join('\n')}</pre>
        </details>
      )}
    </div>
  );
}
