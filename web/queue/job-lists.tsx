// The lists of jobs, with the search above them.
import type { JobDocument } from '../../pkg/client/index.ts';
import type { JobState } from '../../pkg/models/states.ts';
import { now } from '../shared/clock.ts';
import { count, duration, time } from '../shared/format.ts';
import { isJobId } from '../shared/job-id.ts';
import { goTo, jobLink } from '../shared/router.ts';
import { StateWord } from '../shared/state-word.tsx';
import { type Column, VirtualTable } from '../shared/virtual-table.tsx';
import { inWords } from '../shared/words.ts';
import { type Lists, type Tab, tabs } from './lists.ts';
import { finishedTotal, health } from './queue-state.ts';
import { searchOf } from './search.ts';

type JobColumn = Column<JobDocument>;

const name: JobColumn = {
  title: 'Name',
  name: 'name',
  cell: (job) => (
    <a href={jobLink(job.job_id)} tabIndex={-1}>
      {job.name}
    </a>
  ),
};
const position: JobColumn = {
  title: 'Position',
  name: 'number',
  cell: (job) => (job.queue_position === undefined ? '' : count(Number(job.queue_position))),
};
const priority: JobColumn = { title: 'Priority', name: 'number', cell: (job) => job.priority };
const queue: JobColumn = { title: 'Queue', name: 'queue extra', cell: (job) => job.queue };
const reason: JobColumn = { title: 'Reason', name: 'reason', cell: (job) => <Reason job={job} /> };
const reasonExtra: JobColumn = { ...reason, name: 'reason extra' };
const state: JobColumn = { title: 'State', name: 'state-cell', cell: (job) => <StateWord state={job.state} /> };
const waiting: JobColumn = { title: 'Waiting', name: 'while', cell: (job) => <Since at={job.created_at} /> };
const since: JobColumn = {
  title: 'Since',
  name: 'while',
  cell: (job) => <Since at={job.started_at ?? job.created_at} />,
};
const exitCode: JobColumn = { title: 'Exit code', name: 'number', cell: (job) => job.exit_code ?? '–' };
const ended: JobColumn = {
  title: 'Ended',
  name: 'when',
  cell: (job) => (job.finished_at ? time(job.finished_at) : ''),
};
const took: JobColumn = { title: 'Ran for', name: 'while extra', cell: (job) => ranFor(job) };
const attempt: JobColumn = { title: 'Attempt', name: 'number extra', cell: (job) => job.attempt };

const columns: Record<Tab, readonly JobColumn[]> = {
  pending: [position, name, priority, queue, reason, waiting],
  running: [name, priority, queue, attempt, reason, since],
  waiting: [name, state, priority, queue, reasonExtra, waiting],
  finished: [name, state, exitCode, queue, reasonExtra, took, ended],
};

const empty: Record<Tab, string> = {
  pending: 'No job waits for a slot.',
  running: 'No job runs.',
  waiting: 'No job is held, scheduled or blocked.',
  finished: 'No job has finished yet.',
};

export function JobLists({ lists }: { lists: Lists }) {
  const tab = lists.tab.value;
  const rows = lists.rows.value;
  const isSearch = Object.keys(searchOf(lists.text.value)).length > 0 || lists.state.value !== undefined;
  return (
    <section class="card lists" aria-labelledby="lists-title">
      <h2 id="lists-title" class="hidden">
        Jobs
      </h2>
      <div class="bar">
        <Tabs lists={lists} />
        <Filters lists={lists} />
      </div>
      {isSearch && <Matches total={rows.total.value} isPending={tab === 'pending'} />}
      <VirtualTable
        key={tab}
        label={`${tabs[tab].title} jobs`}
        rows={rows}
        columns={columns[tab]}
        empty={isSearch ? 'No job fits. A name is found by what it begins with.' : empty[tab]}
      />
    </section>
  );
}

function Matches({ total, isPending }: { total: number | undefined; isPending: boolean }) {
  const order = isPending ? 'Newest first; the position is that in the whole queue.' : 'Newest first.';
  return (
    <p class="quiet matches" role="status">
      {total === 0 ? '' : order}
    </p>
  );
}

function Tabs({ lists }: { lists: Lists }) {
  const counts: Record<Tab, number | undefined> = {
    pending: health.value?.pending,
    running: health.value?.running,
    waiting: health.value?.waiting,
    finished: finishedTotal.value,
  };
  const choose = (tab: Tab): void => {
    lists.state.value = undefined;
    lists.tab.value = tab;
  };
  return (
    <fieldset class="tabs">
      <legend class="hidden">Which jobs</legend>
      {(Object.keys(tabs) as Tab[]).map((tab) => (
        <button key={tab} type="button" aria-pressed={lists.tab.value === tab} onClick={() => choose(tab)}>
          {tabs[tab].title} <span class="count">{counts[tab] === undefined ? '' : count(counts[tab])}</span>
        </button>
      ))}
    </fieldset>
  );
}

function Filters({ lists }: { lists: Lists }) {
  const states: readonly JobState[] = tabs[lists.tab.value].states;
  const search = (event: Event): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get('search') as string;
    if (isJobId(text.trim())) goTo(jobLink(text.trim()));
    else lists.text.value = text;
  };
  return (
    <search class="search">
      <form class="filters" onSubmit={search}>
        {states.length > 1 && (
          <select
            aria-label="State"
            value={lists.state.value ?? ''}
            onChange={(event) => {
              lists.state.value = (event.currentTarget.value || undefined) as JobState | undefined;
            }}
          >
            <option value="">all states</option>
            {states.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
        <input
          type="search"
          name="search"
          aria-label="Search jobs"
          placeholder="name, team=vision, queue:nightly or an id"
          onChange={(event) => {
            if (event.currentTarget.value === '') lists.text.value = '';
          }}
        />
        <button type="submit">Search</button>
      </form>
    </search>
  );
}

function Reason({ job }: { job: JobDocument }) {
  const words = job.message ?? inWords(job.reason);
  return (
    <span title={words}>
      {job.reason !== undefined && <code>{job.reason}</code>} <span class="quiet">{words}</span>
    </span>
  );
}

function Since({ at }: { at: string }) {
  return <>{duration(now.value - Date.parse(at))}</>;
}

function ranFor({ started_at, finished_at }: JobDocument): string {
  if (started_at === undefined || finished_at === undefined) return '–';
  return duration(Date.parse(finished_at) - Date.parse(started_at));
}
