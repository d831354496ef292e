// The queue: how much of everything, who holds the slots, how it went, and the lists.
import { useEffect, useMemo } from 'preact/hooks';
import { Charts } from './charts.tsx';
import { Figures } from './figures.tsx';
import { JobLists } from './job-lists.tsx';
import { listsOf } from './lists.ts';
import { followQueue } from './queue-state.ts';
import { Slots } from './slots.tsx';
import './queue.css';

export function QueueView() {
  const lists = useMemo(listsOf, []);
  useEffect(() => followQueue(() => lists.refresh()), [lists]);
  return (
    <>
      <h1 class="hidden">Queue</h1>
      <Figures />
      <div class="pictures">
        <Slots />
        <Charts />
      </div>
      <JobLists lists={lists} />
    </>
  );
}
