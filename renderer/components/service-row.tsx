import type { Cause, ServiceState } from '../../main/contract.ts';
import type { Operate } from '../../main/channels.ts';
import { isUp, SERVICE } from '../looks.ts';
import { plain, plainLines } from '../text.ts';
import { since } from '../time.ts';
import { IconButton } from './icon-button.tsx';
import { StateWord } from './state-word.tsx';

export interface ServiceActions {
  /** undefined: nothing may be done now */
  readonly operate: ((request: Operate) => void) | undefined;
  readonly showLogs: (service: string) => void;
}

interface Props extends ServiceActions {
  readonly service: ServiceState;
  readonly now: number;
}

/** A service: what it is, how it is and why, and what can be done with it. */
export function ServiceRow({ service, now, operate, showLogs }: Props) {
  const { name, status, cause } = service;
  const words = plain(name);
  const act = (kind: Operate['kind']) => () => operate?.({ kind, services: [name] });
  const disabled = operate === undefined;
  return (
    <li className="service">
      <div className="service-main">
        <h3>{words}</h3>
        <p className="soft">{factsOf(service, now).join(' · ')}</p>
      </div>
      <StateWord look={SERVICE[status]} />
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
          <IconButton
            icon="play"
            name={`Start ${words}`}
            // what has no container yet must be created first
            onClick={act(status === 'absent' ? 'up' : 'start')}
            disabled={disabled}
          />
        )}
        <IconButton
          icon="logs"
          name={`Show logs of ${words}`}
          onClick={() => showLogs(name)}
          disabled={status === 'absent'}
        />
      </div>
      {cause && <CauseNote cause={cause} isCalm={status === 'starting' || status === 'absent'} />}
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

function CauseNote({ cause, isCalm }: { cause: Cause; isCalm: boolean }) {
  const { sentence, detail, exitCode, log } = cause;
  return (
    <div className={`cause ${isCalm ? 'quiet' : 'warn'}`}>
      <p>
        {plain(sentence)}
        {exitCode !== undefined && !sentence.includes(String(exitCode)) && `, exit code ${exitCode}`}
      </p>
      {detail !== undefined && detail.trim() !== '' && <pre tabIndex={0}>{plainLines(detail)}</pre>}
      {log && log.length > 0 && (
        <details open>
          <summary>Last output</summary>
          <pre tabIndex={0}>{log.map(plainLines).join('\n')}</pre>
        </details>
      )}
    </div>
  );
}
