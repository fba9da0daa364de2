import type { ServiceState } from '../../main/contract.ts';
import { useNow, useUse } from '../context.ts';
import { usageOf } from '../use-history.ts';
import { ServiceRow, type ServiceActions } from './service-row.tsx';

/** Uptimes grow by it, and what is used goes when nothing more is told of it. */
const AGAIN_MS = 5_000;

interface Props extends ServiceActions {
  readonly services: readonly ServiceState[];
  /** they were seen so, and cannot be seen now */
  readonly isOld: boolean;
}

/** The services of the stack. */
export function Services({ services, isOld, ...actions }: Props) {
  const now = useNow(AGAIN_MS);
  const history = useUse();
  const rows = services.map((service) => ({
    service,
    usage: isOld ? undefined : usageOf(history, service.name, now),
  }));
  const hasUse = rows.some((r) => r.usage !== undefined);
  return (
    <section className={isOld ? 'card services old' : 'card services'} aria-label="Services">
      <div className="card-head">
        <h2>Services</h2>
        {isOld && <span className="soft">as last seen</span>}
        {hasUse && <span className="soft">Processor and memory, last 5 minutes</span>}
      </div>
      <ul className={hasUse ? 'service-list with-use' : 'service-list'}>
        {rows.map(({ service, usage }) => (
          <ServiceRow key={service.name} service={service} usage={usage} now={now} {...actions} />
        ))}
      </ul>
    </section>
  );
}
