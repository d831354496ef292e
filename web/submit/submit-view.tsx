// A new job: by a form for the simple ones, or as YAML for everything that the API takes. The server judges; what it says is
// shown beside the field, or the line, that it is about.
import './submit.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count, counted } from '../shared/format.ts';
import { jobLink } from '../shared/router.ts';
import { maySubmit } from '../shared/session.ts';
import { emptyFields, type Fields, submissionOf } from './fields.ts';
import { SubmitForm } from './submit-form.tsx';
import type { Accepted } from './submitting.ts';
import { YamlEditor } from './yaml-editor.tsx';

export function SubmitView() {
  const isYaml = useSignal(false);
  const fields = useSignal<Fields>(emptyFields);
  /** Undefined until somebody has written in the editor: until then it has what the form means. */
  const text = useSignal<string | undefined>(undefined);
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
      {isYaml.value ? (
        <YamlEditor begin={submissionOf(fields.value)} text={text} done={done} />
      ) : (
        <SubmitForm fields={fields} done={done} />
      )}
      <AcceptedJobs jobs={accepted.value} />
    </>
  );
}

const mostNamed = 20;

/** Below the button, where whoever pressed it looks, and focused, so that it is in sight on any screen. */
function AcceptedJobs({ jobs }: { jobs: readonly Accepted[] }) {
  const words = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (jobs.length > 0) requestAnimationFrame(() => words.current?.focus());
  }, [jobs]);
  const [first] = jobs;
  return (
    <div role="status" ref={words} tabIndex={-1}>
      {first && (
        <div class="card accepted">
          <span aria-hidden="true">● </span>
          {jobs.length > 1 && <SeveralJobs jobs={jobs} />}
          {jobs.length === 1 && (
            <>
              <JobLink job={first} /> is accepted, at position {first.queue_position}.
            </>
          )}
        </div>
      )}
    </div>
  );
}

/** Without positions: each is told as it was when that job was accepted, and those that came later may have moved it. */
function SeveralJobs({ jobs }: { jobs: readonly Accepted[] }) {
  return (
    <>
      {counted(jobs.length, 'job')} are accepted:
      <ul>
        {jobs.slice(0, mostNamed).map((job) => (
          <li key={job.job_id}>
            <JobLink job={job} />
          </li>
        ))}
        {jobs.length > mostNamed && <li>and {count(jobs.length - mostNamed)} more</li>}
      </ul>
    </>
  );
}

function JobLink({ job }: { job: Accepted }) {
  return <a href={jobLink(job.job_id)}>{job.name}</a>;
}
