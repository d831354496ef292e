// Whether a series of measurements grows. The slope is Theil's and Sen's (the median of all slopes between two points),
// which a few outliers do not move; the noise is the spread of what the line leaves over.

export interface Point {
  at: number;
  value: number;
}

export interface Trend {
  /** From the first point to the last, along the line. */
  rise: number;
  /** The standard deviation of the rest, estimated from its median absolute deviation. */
  noise: number;
}

export function trendOf(points: readonly Point[]): Trend {
  const slope = median(slopes(points));
  const first = points[0]?.at ?? 0;
  const rest = points.map(({ at, value }) => value - slope * (at - first));
  const centre = median(rest);
  const span = (points.at(-1)?.at ?? first) - first;
  return { rise: slope * span, noise: 1.4826 * median(rest.map((value) => Math.abs(value - centre))) };
}

function slopes(points: readonly Point[]): number[] {
  return points.flatMap((a, index) => points.slice(index + 1).map((b) => (b.value - a.value) / (b.at - a.at)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
