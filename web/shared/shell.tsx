// The frame around every view: where one is, who one is, and whether what is shown is how things are.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { QueueView } from '../queue/queue-view.tsx';
import { Dialogs } from './dialog.tsx';
import { timeOfDay } from './format.ts';
import { connection } from './live.ts';
import { Problem } from './problem.tsx';
import { type Route, route } from './router.ts';
import { caller, maySubmit, tokenWanted } from './session.ts';
import { SignIn } from './sign-in.tsx';

export function Shell() {
  const isLost = connection.value.state === 'lost';
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        Skip to content
      </button>
      <Header />
      {isLost && <Lost />}
      <main id="content" tabIndex={-1} class={isLost ? 'stale' : ''} aria-busy={isLost}>
        {tokenWanted.value === undefined ? <View route={route.value} /> : <SignIn wanted={tokenWanted.value} />}
      </main>
      <Dialogs />
    </>
  );
}

function Header() {
  const { view } = route.value;
  const current = (name: Route['view']) => (view === name ? 'page' : undefined);
  return (
    <header class="top">
      <a class="mark" href="#/queue">
        kubejobs
      </a>
      <nav aria-label="Views">
        <a href="#/queue" aria-current={current('queue')}>
          Queue
        </a>
        <a href="#/workloads" aria-current={current('workloads')}>
          Workloads
        </a>
        {maySubmit.value && (
          <a href="#/submit" aria-current={current('submit')}>
            Submit
          </a>
        )}
      </nav>
      <Standing />
    </header>
  );
}

function Standing() {
  const words = { connecting: 'connecting…', live: 'live', lost: 'reconnecting…' };
  const { state } = connection.value;
  const who = caller.value;
  return (
    <p class="standing" role="status">
      {who?.authentication === 'tokens' && (
        <span class="who">
          {who.name} · {who.role}
        </span>
      )}
      <span class={`signal ${state}`}>{tokenWanted.value === undefined ? words[state] : 'not signed in'}</span>
    </p>
  );
}

function Lost() {
  const lost = connection.value;
  if (lost.state !== 'lost') return null;
  return (
    <p class="lost" role="alert">
      The server does not answer since {timeOfDay(lost.since)}. What is shown is how it was then. Reconnecting…
    </p>
  );
}

const laterViews: Record<Exclude<Route['view'], 'queue'>, () => Promise<ComponentType<{ jobId?: string }>>> = {
  job: async () => (await import('../job/job-view.tsx')).JobView as ComponentType<{ jobId?: string }>,
  workloads: async () => (await import('../workloads/workloads-view.tsx')).WorkloadsView,
  submit: async () => (await import('../submit/submit-view.tsx')).SubmitView,
};

function View({ route }: { route: Route }) {
  if (route.view === 'queue') return <QueueView />;
  return <Later key={route.view} view={route.view} jobId={route.view === 'job' ? route.jobId : undefined} />;
}

/** What the first view does not need is loaded when it is asked for. */
function Later({ view, jobId }: { view: keyof typeof laterViews; jobId: string | undefined }) {
  const [Loaded, setLoaded] = useState<ComponentType<{ jobId?: string }>>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    laterViews[view]().then((component) => setLoaded(() => component), setFailure);
  }, [view]);
  if (failure !== undefined) return <Problem error={new Error('This part of the page could not be loaded.')} />;
  if (Loaded === undefined) return <p class="quiet">Loading…</p>;
  return jobId === undefined ? <Loaded /> : <Loaded key={jobId} jobId={jobId} />;
}
