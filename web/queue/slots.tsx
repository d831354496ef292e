// The slots as a picture: a line for each, with who holds it and since when, and what it did lately.
import { useSignal } from '@preact/signals';
import { now } from '../shared/clock.ts';
import { count, counted, duration, time } from '../shared/format.ts';
import { jobLink } from '../shared/router.ts';
import { health, picture, pictureVersion, running } from './queue-state.ts';
import type { Bar } from './slot-picture.ts';
import { type TimeWindow, windowSince } from './window.ts';

const slotsAtFirst = 12;
const slotsAtMost = 500;

export function Slots() {
  const showsAll = useSignal(false);
  pictureVersion.value; // the picture changes in place
  const slots = Math.max(health.value?.max_concurrency ?? 0, picture.inUse);
  const shown = Math.min(slots, showsAll.value ? slotsAtMost : slotsAtFirst);
  const window = windowSince(picture.earliest, now.value);
  return (
    <section class="card slots" aria-labelledby="slots-title">
      <h2 id="slots-title">Slots</h2>
      <ol>
        {Array.from({ length: shown }, (_, slot) => (
          <Slot key={slot} slot={slot} bars={picture.slots[slot] ?? []} window={window} />
        ))}
      </ol>
      <p class="axis" aria-hidden="true">
        <span>{window.words}</span>
        <span>now</span>
      </p>
      {slots > shown && !showsAll.value && (
        <button
          type="button"
          onClick={() => {
            showsAll.value = true;
          }}
        >
          Show {slots > slotsAtMost ? `the first ${count(slotsAtMost)} of` : 'all'} {counted(slots, 'slot')}
        </button>
      )}
    </section>
  );
}

function Slot({ slot, bars, window }: { slot: number; bars: readonly Bar[]; window: TimeWindow }) {
  const held = bars.find((bar) => bar.end === undefined);
  return (
    <li>
      <span class="slot-number">{slot + 1}</span>
      <span class="holder">
        {held ? (
          <>
            <a href={jobLink(held.jobId)} title={held.name}>
              {held.name}
            </a>{' '}
            <Holding bar={held} />
          </>
        ) : (
          <span class="quiet">free</span>
        )}
      </span>
      <Timeline slot={slot} bars={bars} window={window} />
    </li>
  );
}

function Holding({ bar }: { bar: Bar }) {
  const { priority, reason } = running.value.find((job) => job.job_id === bar.jobId) ?? {};
  const odd = reason === undefined || reason === 'starting' ? '' : ` · ${reason}`;
  return (
    <small class="quiet">
      for {duration(now.value - bar.start)}
      {priority === undefined ? '' : ` · priority ${priority}`}
      {odd}
    </small>
  );
}

/** In units of a thousandth of the window, whatever the width of the page. */
const units = 1_000;
const smallest = 2;

function Timeline({ slot, bars, window }: { slot: number; bars: readonly Bar[]; window: TimeWindow }) {
  const begin = now.value - window.ms;
  const place = (at: number): number => (Math.max(0, at - begin) / window.ms) * units;
  const visible = bars.filter((bar) => (bar.end ?? now.value) >= begin);
  return (
    <svg
      class="timeline"
      viewBox={`0 0 ${units} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Slot ${slot + 1}: ${counted(visible.length, 'job')} since ${window.words}`}
    >
      {visible.map((bar) => {
        const width = Math.max(smallest, place(bar.end ?? now.value) - place(bar.start));
        return (
          <rect
            key={bar.jobId}
            class={bar.end === undefined ? 'running' : bar.state}
            x={place(bar.start)}
            width={width}
            y="0"
            height="10"
          >
            <title>{titleOf(bar)}</title>
          </rect>
        );
      })}
    </svg>
  );
}

function titleOf({ name, state, start, end }: Bar): string {
  if (end === undefined) return `${name}: runs since ${time(start)}`;
  return `${name}: ${state}, ${time(start)} to ${time(end)}`;
}
