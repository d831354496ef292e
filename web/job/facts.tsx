// What is known of a job, name by name.
import type { ComponentChildren } from 'preact';
import type { JobDocument } from '../../pkg/client/index.ts';
import { now } from '../shared/clock.ts';
import { count, duration, time } from '../shared/format.ts';
import { jobLink } from '../shared/router.ts';

export function Facts({ job }: { job: JobDocument }) {
  return (
    <section class="card" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <dl class="facts">
        {factsOf(job).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

type Fact = [name: string, value: ComponentChildren];

function factsOf(job: JobDocument): Fact[] {
  const facts: Array<Fact | undefined> = [
    ['Id', <code key="id">{job.job_id}</code>],
    job.queue_position === undefined ? undefined : ['Position', count(Number(job.queue_position))],
    ['Priority', job.priority],
    ['Queue', job.queue],
    fact('Namespace', job.namespace),
    job.labels && ['Labels', <Labels key="labels" labels={job.labels} />],
    ['Accepted', time(job.created_at)],
    ...timesOf(job),
    fact('Exit code', job.exit_code),
    ...rulesOf(job),
  ];
  return facts.filter((each) => each !== undefined);
}

function fact(name: string, value: string | number | undefined): Fact | undefined {
  return value === undefined ? undefined : [name, value];
}

function timesOf({ state, created_at, started_at, finished_at }: JobDocument): Array<Fact | undefined> {
  const waited = Date.parse(started_at ?? '') - Date.parse(created_at);
  const ran = (finished_at === undefined ? now.value : Date.parse(finished_at)) - Date.parse(started_at ?? '');
  const isWaiting = started_at === undefined && finished_at === undefined;
  return [
    isWaiting ? ['Waiting for', duration(now.value - Date.parse(created_at))] : undefined,
    started_at === undefined
      ? undefined
      : ['Started', `${time(started_at)}, ${duration(waited)} after it was accepted`],
    started_at !== undefined && state === 'running' ? ['Running for', duration(ran)] : undefined,
    finished_at === undefined ? undefined : ['Finished', time(finished_at)],
    started_at === undefined || finished_at === undefined ? undefined : ['Ran for', duration(ran)],
  ];
}

function rulesOf(job: JobDocument): Array<Fact | undefined> {
  const { start_after, expires_at, timeout_seconds, retries, after, results, on_finish } = job;
  return [
    start_after === undefined ? undefined : ['Not before', time(start_after)],
    expires_at === undefined ? undefined : ['Expires', time(expires_at)],
    timeout_seconds === undefined ? undefined : ['Timeout of an attempt', duration(timeout_seconds * 1_000)],
    retries === undefined ? undefined : ['Retries', `${retries.max} at most, on ${retries.on.join(', ')}`],
    after === undefined ? undefined : ['Runs after', <After key="after" after={after} />],
    results ? ['Result', 'is saved'] : undefined,
    fact('On finish', on_finish?.url),
  ];
}

function Labels({ labels }: { labels: Record<string, string> }) {
  return (
    <>
      {Object.entries(labels).map(([key, value]) => (
        <code key={key} class="label">
          {key}={value}
        </code>
      ))}
    </>
  );
}

function After({ after }: { after: NonNullable<JobDocument['after']> }) {
  return (
    <ul>
      {after.map(({ job_id, on }) => (
        <li key={job_id}>
          <a href={jobLink(job_id)}>
            <code>{job_id}</code>
          </a>{' '}
          ({on})
        </li>
      ))}
    </ul>
  );
}
