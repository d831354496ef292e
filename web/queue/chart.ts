// One uPlot chart: its lines in the colours of the style sheet, its width that of its frame.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartLine {
  label: string;
  /** A custom property of the style sheet. */
  colour: string;
  isBars: boolean;
  /** Bars behind another line, which has to be seen on them. */
  isFaint?: boolean;
}

export type Unit = (value: number) => string;

const height = 92;
const room = 1.1;
/** Between two times on the lower axis, in seconds. */
const gap = 12;
/** The last two digits of a colour with an alpha. */
const faint = '59';
const halfALabel = 16;
const font = '11px system-ui';
const wholeMinutes = [60, 300, 600, 900, 1_800, 3_600];

/** `unit` writes the values of the left axis. `stop` takes the chart away. */
export function newChart(
  frame: HTMLElement,
  lines: readonly ChartLine[],
  unit: Unit,
): { chart: uPlot; stop: () => void } {
  const style = getComputedStyle(frame);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const options: uPlot.Options = {
    ...{ width: frame.clientWidth || 300, height },
    ...{ legend: { show: false }, cursor: { show: false }, padding: [6, 18, 0, 0] },
    scales: {
      x: { range: aroundBars },
      y: { range: (_chart, _low, high) => [0, Math.max(1, high * room)] },
    },
    axes: axesOf(colour('--quiet'), unit),
    series: [{}, ...lines.map((line) => seriesOf(line, colour(line.colour)))],
  };
  const chart = new uPlot(options, [[], ...lines.map(() => [])] as unknown as uPlot.AlignedData, frame);
  const observer = new ResizeObserver(() => {
    if (frame.clientWidth > 0) chart.setSize({ width: frame.clientWidth, height });
  });
  observer.observe(frame);
  return {
    chart,
    stop: () => {
      observer.disconnect();
      chart.destroy();
    },
  };
}

/** With half a step at both ends, for a bar stands around its time. */
function aroundBars({ data: [times] }: uPlot, first: number, last: number): [number, number] {
  const half = times.length > 1 ? ((times[1] ?? 0) - (times[0] ?? 0)) / 2 : 0;
  return [first - half, last + half];
}

function axesOf(stroke: string, unit: Unit): uPlot.Axis[] {
  const axis: uPlot.Axis = { stroke, grid: { show: false }, ticks: { show: false }, font };
  return [
    { ...axis, size: 20, incrs: wholeMinutes, values: clockTimes },
    {
      ...axis,
      size: (chart, labels) => widthOf(chart, labels ?? []),
      splits: (_chart, _axis, _low, high) => [0, high / room],
      values: (_chart, values) => values.map(unit),
    },
  ];
}

function seriesOf({ label, isBars, isFaint }: ChartLine, stroke: string): uPlot.Series {
  const paths = isBars ? uPlot.paths.bars?.({ size: [0.8, 24] }) : undefined;
  const points = isBars ? { show: false } : { size: 4, fill: stroke, filter: aloneIn };
  return {
    label,
    stroke,
    width: isBars ? 0 : 1.5,
    points,
    ...(paths && { fill: isFaint ? stroke + faint : stroke, paths }),
  };
}

/** A value between two that are not known has no line: it is shown as a point. */
function aloneIn({ data }: uPlot, series: number): number[] {
  const values = data[series] ?? [];
  return [...values.keys()].filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}

/** Of the longest label, in CSS pixels, so that none is cut. */
function widthOf({ ctx }: uPlot, labels: readonly string[]): number {
  ctx.save();
  ctx.font = font;
  const widths = labels.map((label) => ctx.measureText(label).width);
  ctx.restore();
  return Math.ceil(Math.max(0, ...widths)) + gap;
}

/** None where it would stand below the left axis's own labels. */
function clockTimes(chart: uPlot, times: readonly number[]): string[] {
  return times.map((time) => (chart.valToPos(time, 'x') < halfALabel ? '' : clockTime(time)));
}

function clockTime(seconds: number): string {
  const parts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Date(seconds * 1_000).toLocaleTimeString(undefined, parts);
}
