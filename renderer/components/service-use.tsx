import { memoryText } from '../../main/channels.ts';
import { coresText } from '../amounts.ts';
import { peakOf, PLOT, plotPath } from '../plot.ts';
import type { ServiceUsage } from '../use-history.ts';

/** What a service uses now, and its processor time over the last minutes; empty while that is not known. */
export function ServiceUse({ usage }: { usage: ServiceUsage | undefined }) {
  if (!usage) return <div className="service-use" />;
  const { now, points } = usage;
  return (
    <div className="service-use">
      <svg
        className="plot"
        role="img"
        aria-label={`Processor, last 5 minutes: ${coresText(peakOf(points))} at most`}
        width={PLOT.width}
        height={PLOT.height}
        viewBox={`0 0 ${PLOT.width} ${PLOT.height}`}
        preserveAspectRatio="none"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={plotPath(points)} vectorEffect="non-scaling-stroke" />
      </svg>
      <span className="num amount" title="Processor, of one core">
        <span className="unseen">Processor </span>
        {coresText(now.cores)}
      </span>
      <span className="num amount" title="Memory">
        <span className="unseen">Memory </span>
        {memoryText(now.memory)}
      </span>
    </div>
  );
}
