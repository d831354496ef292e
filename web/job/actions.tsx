// What can be done with a job in its state. Each is asked about first, in the words of what will happen.
import type { JobDocument } from '../../pkg/client/index.ts';
import { isFinished } from '../../pkg/models/states.ts';
import { ask, type Question } from '../shared/dialog.tsx';
import { api, maySubmit } from '../shared/session.ts';

interface Action {
  title: string;
  question(job: JobDocument): Question;
}

export function Actions({ job, changed }: { job: JobDocument; changed: () => void }) {
  if (!maySubmit.value) return null;
  const start = ({ question }: Action): void => {
    const asked = question(job);
    ask({ ...asked, act: async (form) => asked.act(form).finally(changed) });
  };
  return (
    <fieldset class="buttons">
      <legend class="hidden">What to do with it</legend>
      {actionsOf(job).map((action) => (
        <button key={action.title} type="button" onClick={() => start(action)}>
          {action.title}
        </button>
      ))}
    </fieldset>
  );
}

function actionsOf(job: JobDocument): Action[] {
  if (isFinished(job.state)) return [retry];
  if (job.state === 'running') return job.reason === 'cancelling' ? [] : [cancel];
  return [priority, job.hold ? release : hold, cancel];
}

const priority: Action = {
  title: 'Priority…',
  question: (job) => ({
    title: `Change the priority of ${job.name}?`,
    consequence: (
      <p>Now it is {job.priority}. Higher runs first; among jobs of the new priority it is as old as it always was.</p>
    ),
    fields: (
      <label>
        New priority{' '}
        <input name="priority" type="number" min={-1_000_000} max={1_000_000} step={1} required value={job.priority} />
      </label>
    ),
    confirm: 'Change it',
    act: (form) => api().reprioritise(job.job_id, Number(form.get('priority'))),
  }),
};

const hold: Action = {
  title: 'Hold',
  question: (job) => ({
    title: `Hold ${job.name}?`,
    consequence: <p>It will not run until somebody releases it. It keeps its priority and its age.</p>,
    confirm: 'Hold it',
    act: () => api().hold(job.job_id),
  }),
};

const release: Action = {
  title: 'Release',
  question: (job) => ({
    title: `Release ${job.name}?`,
    consequence: (
      <p>It may run again as soon as nothing else keeps it waiting, at the place that its priority and age give it.</p>
    ),
    confirm: 'Release it',
    act: () => api().release(job.job_id),
  }),
};

const cancel: Action = {
  title: 'Cancel',
  question: (job) => ({
    title: `Cancel ${job.name}?`,
    consequence: <p>{job.state === 'running' ? endsRunning : endsWaiting}</p>,
    confirm: 'Cancel the job',
    danger: true,
    act: () => api().cancel(job.job_id),
  }),
};

const endsRunning =
  'It runs now: its workload is deleted with its pods, what they have not saved is lost, and its slot is free once they are ' +
  'gone. Jobs that wait for its success are cancelled too.';
const endsWaiting =
  'It does not run yet and never will: it ends at once. Jobs that wait for its success are cancelled too.';

const retry: Action = {
  title: 'Retry',
  question: (job) => ({
    title: `Run ${job.name} again?`,
    consequence: (
      <p>
        It is pending again with priority {job.priority}, as old as it was, and its retries count anew. Its attempts and
        its history stay; jobs that waited for it are not touched.
      </p>
    ),
    confirm: 'Run it again',
    act: () => api().retry(job.job_id),
  }),
};
