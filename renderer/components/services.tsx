import type { ServiceState } from '../../main/contract.ts';
import { useNow } from '../context.ts';
import { ServiceRow, type ServiceActions } from './service-row.tsx';

const UPTIME_MS = 20_000;

interface Props extends ServiceActions {
  readonly services: readonly ServiceState[];
  /** they were seen so, and cannot be seen now */
  readonly isOld: boolean;
}

/** The services of the stack. */
export function Services({ services, isOld, ...actions }: Props) {
  const now = useNow(UPTIME_MS);
  return (
    <section className={isOld ? 'card old' : 'card'} aria-label="Services">
      <div className="card-head">
        <h2>Services</h2>
        {isOld && <span className="soft">as last seen</span>}
      </div>
      <ul>
        {services.map((service) => (
          <ServiceRow key={service.name} service={service} now={now} {...actions} />
        ))}
      </ul>
    </section>
  );
}
