import { memoryText } from '../../main/channels.ts';
import { coresText } from '../amounts.ts';
import { peakOf, PLOT, plotPath, topOf } from '../plot.ts';
import type { ServiceUsage } from '../use-history.ts';

/** What a service uses, now and over the last minutes; empty while that is not known. */
export function ServiceUse({ usage }: { usage: ServiceUsage | undefined }) {
  if (!usage) return <div className="service-use" />;
  const { now, cores, memory } = usage;
  return (
    <div className="service-use">
      <svg
        className="plot"
        role="img"
        width={PLOT.width}
        height={PLOT.height}
        viewBox={`0 0 ${PLOT.width} ${PLOT.height}`}
        preserveAspectRatio="none"
        fill="none"
        stroke="currentColor"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <title>
          {`Last 5 minutes: processor (line) ${coresText(peakOf(cores))} at most, memory (dots) ${memoryText(peakOf(memory))} at most`}
        </title>
        <path
          d={plotPath(memory, topOf.memory(memory))}
          strokeWidth="1.6"
          strokeDasharray="0 4"
          vectorEffect="non-scaling-stroke"
        />
        <path d={plotPath(cores, topOf.cores(cores))} strokeWidth="1.4" vectorEffect="non-scaling-stroke" />
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
