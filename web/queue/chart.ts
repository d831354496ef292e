// One uPlot chart: its lines in the colours of the style sheet, its width that of its frame.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartLine {
  label: string;
  /** A custom property of the style sheet. */
  colour: string;
  isBars: boolean;
}

const height = 92;

export function newChart(
  frame: HTMLElement,
  lines: readonly ChartLine[],
  unit: (value: number) => string,
): { chart: uPlot; stop: () => void } {
  const colour = (name: string): string => getComputedStyle(frame).getPropertyValue(name).trim();
  const axis = { stroke: colour('--quiet'), grid: { show: false }, ticks: { show: false }, font: '11px system-ui' };
  const chart = new uPlot(
    {
      width: frame.clientWidth || 300,
      height,
      legend: { show: false },
      cursor: { show: false },
      padding: [6, 8, 0, 0],
      scales: { y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [
        { ...axis, size: 20, values: (_chart, times) => times.map(clockTime) },
        {
          ...axis,
          size: 52,
          splits: (_chart, _axis, _low, high) => [0, high / 1.1],
          values: (_chart, values) => values.map(unit),
        },
      ],
      series: [
        {},
        ...lines.map((line) => ({
          label: line.label,
          stroke: colour(line.colour),
          width: 1.5,
          points: { size: 4 },
          ...(line.isBars && {
            fill: colour(line.colour),
            paths: uPlot.paths.bars?.({ size: [0.8, 24] }) as uPlot.Series.PathBuilder,
            points: { show: false },
          }),
        })),
      ],
    },
    [[], ...lines.map(() => [])] as unknown as uPlot.AlignedData,
    frame,
  );
  const observer = new ResizeObserver(
    () => frame.clientWidth > 0 && chart.setSize({ width: frame.clientWidth, height }),
  );
  observer.observe(frame);
  return {
    chart,
    stop: () => {
      observer.disconnect();
      chart.destroy();
    },
  };
}

function clockTime(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
