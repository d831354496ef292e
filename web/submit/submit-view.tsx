// A new job: by a form for the simple ones, or as YAML for everything that the API takes. The server judges; what it says is
// shown beside the field, or the line, that it is about.
import './submit.css';
import { useSignal } from '@preact/signals';
import { jobLink } from '../shared/router.ts';
import { maySubmit } from '../shared/session.ts';
import { emptyFields, type Fields, submissionOf } from './fields.ts';
import { SubmitForm } from './submit-form.tsx';
import type { Accepted } from './submitting.ts';
import { YamlEditor } from './yaml-editor.tsx';

export function SubmitView() {
  const isYaml = useSignal(false);
  const fields = useSignal<Fields>(emptyFields);
  const accepted = useSignal<readonly Accepted[]>([]);
  if (!maySubmit.value) return <p class="quiet">Submitting needs a token with the role submit or admin.</p>;
  const done = (jobs: readonly Accepted[]): void => {
    accepted.value = jobs;
  };
  const choose = (yaml: boolean) => () => {
    isYaml.value = yaml;
  };
  return (
    <>
      <h1>Submit a job</h1>
      <fieldset class="tabs">
        <legend class="hidden">How</legend>
        <button type="button" aria-pressed={!isYaml.value} onClick={choose(false)}>
          Form
        </button>
        <button type="button" aria-pressed={isYaml.value} onClick={choose(true)}>
          YAML
        </button>
      </fieldset>
      <AcceptedJobs jobs={accepted.value} />
      {isYaml.value ? (
        <YamlEditor begin={submissionOf(fields.value)} done={done} />
      ) : (
        <SubmitForm fields={fields} done={done} />
      )}
    </>
  );
}

function AcceptedJobs({ jobs }: { jobs: readonly Accepted[] }) {
  return (
    <div role="status">
      {jobs.slice(0, 20).map((job) => (
        <p key={job.job_id} class="card accepted">
          <span aria-hidden="true">● </span>
          <a href={jobLink(job.job_id)}>{job.name}</a> is accepted and on disk, at position {job.queue_position}.
        </p>
      ))}
    </div>
  );
}
