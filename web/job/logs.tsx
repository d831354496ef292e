// The log of an attempt: live while it runs, what was saved afterwards. It is read when somebody asks for it, for reading a log
// costs the API server something.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type JobDocument, Problem as Refusal } from '../../pkg/client/index.ts';
import { counted } from '../shared/format.ts';
import { onceAFrame } from '../shared/frames.ts';
import { wordsOf } from '../shared/problem.tsx';
import { api, asksForToken } from '../shared/session.ts';
import { LogLines } from './log-lines.ts';

const linesAtFirst = 1_000;

export function Logs({ job }: { job: JobDocument }) {
  const attempt = useSignal<number | undefined>(undefined);
  const isOpen = useSignal(false);
  const newest = job.attempts?.at(-1)?.attempt;
  const shown = attempt.value ?? newest;
  return (
    <section class="card logs" aria-labelledby="logs-title">
      <div class="bar">
        <h2 id="logs-title">Log</h2>
        {(newest ?? 0) > 1 && (
          <label>
            Attempt{' '}
            <select
              value={shown}
              onChange={(event) => {
                attempt.value = Number(event.currentTarget.value);
              }}
            >
              {job.attempts?.map((each) => (
                <option key={each.attempt}>{each.attempt}</option>
              ))}
            </select>
          </label>
        )}
        {!isOpen.value && newest !== undefined && (
          <button
            type="button"
            onClick={() => {
              isOpen.value = true;
            }}
          >
            Show the log
          </button>
        )}
      </div>
      {newest === undefined && <p class="quiet">It has had no slot yet, so there is nothing to read.</p>}
      {isOpen.value && shown !== undefined && (
        <Log
          key={`${job.job_id} ${shown}`}
          jobId={job.job_id}
          attempt={shown}
          isLive={job.state === 'running' && shown === newest}
        />
      )}
    </section>
  );
}

function Log({ jobId, attempt, isLive }: { jobId: string; attempt: number; isLive: boolean }) {
  const text = useSignal('');
  /** Once it is at its end. */
  const standing = useSignal('');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const reading = new AbortController();
    const lines = new LogLines();
    const draw = onceAFrame(() => {
      const isAtEnd = isScrolledToEnd(box.current);
      text.value = lines.text;
      requestAnimationFrame(() => isAtEnd && box.current?.scrollTo(0, box.current.scrollHeight));
    });
    const add = (piece: string): void => {
      lines.add(piece);
      draw();
    };
    void read(jobId, attempt, reading.signal, add)
      .then(() => endWords(lines))
      .catch((error: unknown) => (asksForToken(error) ? '' : failureWords(error)))
      .then((words) => {
        standing.value = words;
      });
    return () => reading.abort();
  }, [jobId, attempt, text, standing]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <div class="text log" role="log" aria-live="off" ref={box} tabIndex={0} aria-label={`Log of attempt ${attempt}`}>
        {text.value}
      </div>
      <p class="quiet" role="status">
        {standing.value || (isLive ? 'Following: new lines are shown as they are written.' : 'reading…')}
      </p>
    </>
  );
}

async function read(jobId: string, attempt: number, signal: AbortSignal, add: (piece: string) => void): Promise<void> {
  for await (const piece of api().logs(jobId, { attempt, follow: true, tail: linesAtFirst, signal })) add(piece);
}

function isScrolledToEnd(box: HTMLElement | null): boolean {
  return box === null || box.scrollHeight - box.scrollTop - box.clientHeight < 40;
}

function endWords(lines: LogLines): string {
  if (lines.isEmpty) return 'The log is empty.';
  return lines.dropped === 0
    ? 'The end of the log.'
    : `The end of the log; ${counted(lines.dropped, 'line')} before are not shown.`;
}

function failureWords(error: unknown): string {
  if (error instanceof Refusal && error.code === 'log_not_found') return `There is no log: ${error.message}`;
  return wordsOf(error);
}
