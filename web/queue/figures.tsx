// The numbers of the moment, what is wrong where something is, and the switch that stops dispatching.
import { ask } from '../shared/dialog.tsx';
import { count, counted } from '../shared/format.ts';
import { api, mayAdminister } from '../shared/session.ts';
import { finishedTotal, health, unwell } from './queue-state.ts';

export function Figures() {
  const state = health.value;
  return (
    <section class="figures" aria-label="The queue now">
      <Figure title="Running" value={state?.running} of={state && `of ${counted(state.max_concurrency, 'slot')}`} />
      <Figure title="Pending" value={state?.pending} />
      <Figure title="Held, scheduled, blocked" value={state?.waiting} />
      <Figure title="Finished" value={finishedTotal.value} />
      <Notices />
      {mayAdminister.value && state && <Pause isPaused={state.paused} />}
    </section>
  );
}

function Figure({ title, value, of = '' }: { title: string; value: number | undefined; of?: string | undefined }) {
  return (
    <dl>
      <dt>{title}</dt>
      <dd>
        {value === undefined ? '–' : count(value)} <small>{of}</small>
      </dd>
    </dl>
  );
}

function Notices() {
  const state = health.value;
  const notices = [
    unwell.value,
    state?.paused ? 'The queue is paused: nothing is dispatched.' : '',
    state?.cluster === 'unreachable' ? 'The cluster does not answer: jobs are accepted and wait.' : '',
  ].filter((notice) => notice !== '');
  return (
    <div class="notices" role="status">
      {notices.map((notice) => (
        <p key={notice}>{notice}</p>
      ))}
      {state?.cluster === 'simulated' && <p class="quiet">dry run: the cluster is simulated</p>}
    </div>
  );
}

function Pause({ isPaused }: { isPaused: boolean }) {
  return (
    <button type="button" class="pause" onClick={() => ask(isPaused ? resuming() : pausing())}>
      {isPaused ? 'Resume' : 'Pause'}
    </button>
  );
}

function pausing() {
  const { pending = 0, running = 0 } = health.value ?? {};
  return {
    title: 'Pause the queue?',
    consequence: (
      <p>
        No job is dispatched until somebody resumes it: {counted(pending, 'pending job')} would wait.{' '}
        {counted(running, 'job')} that run now go on, and new ones are still accepted.
      </p>
    ),
    confirm: 'Pause the queue',
    act: async () => showSettings(await api().pause()),
  };
}

function resuming() {
  return {
    title: 'Resume the queue?',
    consequence: <p>Pending jobs are dispatched again, the most important first, as slots are free.</p>,
    confirm: 'Resume the queue',
    act: async () => showSettings(await api().resume()),
  };
}

function showSettings({ paused }: { paused: boolean }): void {
  if (health.value) health.value = { ...health.value, paused };
}
