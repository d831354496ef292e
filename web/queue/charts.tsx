// How it went lately: what finished, how many waited, and how long. Drawn by uPlot, at most once a second; for those who do not
// see the lines, each chart says its last value, or the sum of its bars, in words.
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
  title(stepMs: number): string;
  /** `drawn` instead of `column` where one line stands on another. */
  lines: ReadonlyArray<ChartLine & { column: Columns; drawn?: Columns }>;
  /** Whether the words tell the sum of all that is drawn, instead of the last value. */
  isSummed?: boolean;
  /** Of the left axis and of the words. */
  unit(value: number): string;
}

const kinds: readonly ChartKind[] = [
  {
    title: (stepMs) => `Finished, each bar ${stepMs < 60_000 ? `${stepMs / 1_000} s` : duration(stepMs)}`,
    isSummed: true,
    unit: (value) => count(Math.round(value)),
    lines: [
      { column: 'succeeded', drawn: 'ends', label: 'succeeded', colour: '--good', isBars: true },
      { column: 'others', label: 'other ends', colour: '--bad', isBars: true },
    ],
  },
  {
    title: () => 'Pending jobs',
    unit: (value) => count(Math.round(value)),
    lines: [{ column: 'pending', label: 'pending', colour: '--accent', isBars: false }],
  },
  {
    title: () => 'Wait until the start',
    unit: (value) => (value < 10 && value > 0 ? `${value.toFixed(1)} s` : duration(value * 1_000)),
    lines: [
      { column: 'longestWait', label: 'longest', colour: '--warn', isBars: true, isFaint: true },
      { column: 'medianWait', label: 'median', colour: '--accent', isBars: false },
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
        <Chart key={kind.title(0)} kind={kind} title={kind.title(window.stepMs)} series={series} />
      ))}
    </section>
  );
}

function Chart({ kind, title, series }: { kind: ChartKind; title: string; series: Series }) {
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
        <h2>{title}</h2>
        <ul class="legend">
          {kind.lines.map((line) => (
            <li key={line.label} class={line.colour.slice(2)}>
              {line.label} <b>{(kind.isSummed ? sumOf : lastOf)(series[line.column], kind.unit)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div class="chart" ref={frame} aria-hidden="true" />
    </figure>
  );
}

function sumOf(values: ReadonlyArray<number | null>, unit: (value: number) => string): string {
  return unit(values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
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
