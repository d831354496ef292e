// How it went lately: what finished, how many waited, and how long. Drawn by uPlot, at most once a second; for those who do not
// see the lines, each chart says its last value in words.
import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { now } from '../shared/clock.ts';
import { count, duration } from '../shared/format.ts';
import { type ChartLine, newChart } from './chart.ts';
import type { Series } from './history.ts';
import { history, pictureVersion } from './queue-state.ts';
import { windowSince } from './window.ts';

type Columns = Exclude<keyof Series, 'times'>;

interface ChartKind {
  title: string;
  /** `drawn` instead of `column` where one line stands on another. */
  lines: ReadonlyArray<ChartLine & { column: Columns; drawn?: Columns }>;
  /** Of the left axis and of the words. */
  unit(value: number): string;
}

const kinds: readonly ChartKind[] = [
  {
    title: 'Finished per minute',
    unit: (value) => count(Math.round(value)),
    lines: [
      { column: 'succeeded', drawn: 'ends', label: 'succeeded', colour: '--good', isBars: true },
      { column: 'others', label: 'other ends', colour: '--bad', isBars: true },
    ],
  },
  {
    title: 'Pending jobs',
    unit: (value) => count(Math.round(value)),
    lines: [{ column: 'pending', label: 'pending', colour: '--accent', isBars: false }],
  },
  {
    title: 'Wait until the start',
    unit: (value) => (value < 10 && value > 0 ? `${value.toFixed(1)} s` : duration(value * 1_000)),
    lines: [
      { column: 'medianWait', label: 'median', colour: '--accent', isBars: false },
      { column: 'longestWait', label: 'longest', colour: '--warn', isBars: false },
    ],
  },
];

export function Charts() {
  pictureVersion.value; // the history changes in place
  const at = now.value;
  const window = windowSince(history.earliest, at);
  const series = history.series(at, window.ms, window.stepMs);
  return (
    <section class="card charts" aria-label="Charts">
      {kinds.map((kind) => (
        <Chart key={kind.title} kind={kind} series={series} />
      ))}
    </section>
  );
}

function Chart({ kind, series }: { kind: ChartKind; series: Series }) {
  const frame = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<uPlot>();
  const theme = useTheme();
  useEffect(() => {
    if (!frame.current) return;
    const { chart: made, stop } = newChart(frame.current, kind.lines, kind.unit);
    setChart(made);
    return stop;
  }, [kind, theme]);
  useEffect(() => {
    const columns = kind.lines.map(({ column, drawn = column }) => series[drawn]);
    chart?.setData([series.times, ...columns] as uPlot.AlignedData);
  }, [chart, series, kind]);
  return (
    <figure>
      <figcaption>
        <h2>{kind.title}</h2>
        <ul class="legend">
          {kind.lines.map((line) => (
            <li key={line.label} class={line.colour.slice(2)}>
              {line.label} <b>{lastOf(series[line.column], kind.unit)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="chart" ref={frame} aria-hidden="true" />
    </figure>
  );
}

function lastOf(values: ReadonlyArray<number | null>, unit: (value: number) => string): string {
  const last = values.findLast((value) => value !== null);
  return last === undefined || last === null ? '–' : unit(last);
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** Colours are on a canvas, which no style sheet reaches: it is drawn anew with another theme. */
function useTheme(): string {
  const [theme, setTheme] = useState(dark.matches ? 'dark' : 'light');
  useEffect(() => {
    const change = (): void => setTheme(dark.matches ? 'dark' : 'light');
    dark.addEventListener('change', change);
    return () => dark.removeEventListener('change', change);
  }, []);
  return theme;
}
