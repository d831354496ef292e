// One job: where it is and why, what happened to it, what it runs, and what can be done with it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type JobDocument, Problem as Refusal } from '../../pkg/client/index.ts';
import { paced } from '../shared/frames.ts';
import { listen } from '../shared/live.ts';
import { Problem } from '../shared/problem.tsx';
import { api, asksForToken } from '../shared/session.ts';
import { StateWord } from '../shared/state-word.tsx';
import { inWords } from '../shared/words.ts';
import { Actions } from './actions.tsx';
import { Attempts } from './attempts.tsx';
import { Facts } from './facts.tsx';
import { Logs } from './logs.tsx';
import { Spec } from './spec.tsx';
import { Timeline } from './timeline.tsx';
import { JobWorkload } from './workload.tsx';
import './job.css';

const pauseMs = 200;
/** Positions and reasons change without an event of this job. */
const lookEveryMs = 5_000;

export function JobView({ jobId }: { jobId: string }) {
  const { job, failure, refresh } = useJob(jobId);
  if (failure instanceof Refusal) return <NoJob failure={failure} />;
  if (job === undefined) return <p class="quiet">Loading…</p>;
  return (
    <article class="job">
      <Head job={job} changed={refresh} />
      <div class="columns">
        <div class="column">
          <Facts job={job} />
          <Timeline entries={job.timeline ?? []} />
        </div>
        <div class="column">
          <Attempts attempts={job.attempts ?? []} />
          <JobWorkload job={job} />
        </div>
      </div>
      <Logs job={job} />
      <Spec spec={job.spec ?? {}} />
    </article>
  );
}

function NoJob({ failure }: { failure: Refusal }) {
  return (
    <>
      <h1>{failure.status === 404 ? 'No such job' : 'This job cannot be shown'}</h1>
      <Problem error={failure} />
      <p>
        <a href="#/queue">Back to the queue</a>
      </p>
    </>
  );
}

function useJob(jobId: string) {
  const job = useSignal<JobDocument | undefined>(undefined);
  const failure = useSignal<unknown>(undefined);
  const refresh = useSignal(() => {});
  useEffect(() => {
    const load = paced(async () => {
      try {
        job.value = await api().get(jobId);
        failure.value = undefined;
      } catch (error) {
        if (!asksForToken(error)) failure.value = error;
      }
    }, pauseMs);
    refresh.value = load;
    const timer = setInterval(() => !document.hidden && load(), lookEveryMs);
    const stop = listen(({ changes, everything }) => {
      if (everything || changes.some((change) => change.job_id === jobId)) load();
    });
    load();
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [jobId, job, failure, refresh]);
  return { job: job.value, failure: failure.value, refresh: refresh.value };
}

function Head({ job, changed }: { job: JobDocument; changed: () => void }) {
  return (
    <header class="job-head">
      <div>
        <h1>{job.name}</h1>
        <p role="status">
          <StateWord state={job.state} />
          {job.reason !== undefined && (
            <>
              {' '}
              <code>{job.reason}</code> <span class="quiet">{job.message ?? inWords(job.reason)}</span>
            </>
          )}
        </p>
      </div>
      <Actions job={job} changed={changed} />
    </header>
  );
}
