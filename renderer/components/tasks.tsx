import type { z } from 'zod';
import type { Operation as OperationSchema, Task } from '../../main/contract.ts';
import { useNow } from '../context.ts';
import { OPERATION, TASK } from '../looks.ts';
import { plain } from '../text.ts';
import { since, took } from '../time.ts';
import { StateWord } from './state-word.tsx';

type Operation = z.infer<typeof OperationSchema>;

/** How far an operation is: all of it as one bar, what is being done now, and every step on request. */
export function Tasks({ operation }: { operation: Operation }) {
  const { tasks, fraction, kind, startedAt } = operation;
  const now = useNow(1_000);
  const active = tasks.filter((t) => t.status === 'running' || t.status === 'failed');
  const ended = tasks.filter((t) => t.status !== 'waiting' && t.status !== 'running').length;
  const percent = fraction === undefined ? undefined : Math.floor(fraction * 100);
  return (
    <section className="card" aria-label="Progress">
      <div className="card-head">
        <h2>{OPERATION[kind][0]}</h2>
        <span className="soft num">
          {percent !== undefined && `${percent} %, `}
          {since(startedAt, now)}
        </span>
      </div>
      <progress aria-label="Overall progress" max={100} {...(percent !== undefined && { value: percent })} />
      <ul className="tasks">
        {active.map((task) => (
          <TaskRow key={task.id} task={task} />
        ))}
      </ul>
      {tasks.length > 0 && (
        <details>
          <summary>
            All steps, {ended} of {tasks.length} done
          </summary>
          <ul className="tasks">
            {tasks.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function TaskRow({ task: { title, status, detail, progress, tookMs } }: { task: Task }) {
  const words = plain(title);
  return (
    <li className="task">
      <span className="task-title">{words}</span>
      <StateWord look={TASK[status]} />
      {status === 'running' && progress?.total !== undefined && (
        <progress aria-label={words} max={progress.total} value={progress.current} />
      )}
      {detail !== undefined && <span className="task-detail">{plain(detail)}</span>}
      {detail === undefined && tookMs !== undefined && <span className="task-detail">{took(tookMs)}</span>}
    </li>
  );
}
