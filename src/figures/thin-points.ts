/**
 * Thins figures with very many points: keeps only points that can be told apart in a static picture, because every
 * point takes time to draw.
 */
import type { Figure, PlotlyFigure } from "./figure";

/** The maximum number of points of a figure that is drawn in full. */
export const DRAWN_IN_FULL = 10_000;

/** The properties of a trace of points or lines that are thinned. */
interface PointTrace {
  type?: string;
  mode?: string;
  x?: unknown;
  y: unknown[];
}

/**
 * Returns a figure with fewer points that looks the same. If points lie on top of each other, only the topmost point
 * remains. A line that runs from left to right keeps the points that shape it in each column of pixels. From any other
 * line that is too long, only points at equal steps are kept. The ranges do not change. The figure must be plain
 * (lists, no typed arrays).
 */
export function thinnedForPicture(figure: PlotlyFigure, width: number, height: number): PlotlyFigure {
  const counts = figure.data.map((trace) => (isOfPoints(trace) ? trace.y.length : 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= DRAWN_IN_FULL) return figure;
  const data = figure.data.map((trace, i) => {
    const budget = Math.max(100, Math.floor((DRAWN_IN_FULL * counts[i]) / total));
    return isOfPoints(trace) && counts[i] > budget ? thinned(trace, figure, width, height, budget) : trace;
  });
  return { ...figure, data };
}

function isOfPoints(trace: object): trace is PointTrace {
  const { type = "scatter", y } = trace as Partial<PointTrace>;
  return type === "scatter" && Array.isArray(y);
}

type AnyTrace = Figure["data"][number];

function thinned(
  trace: PointTrace & AnyTrace,
  figure: PlotlyFigure,
  width: number,
  height: number,
  budget: number,
): AnyTrace {
  const count = trace.y.length;
  const given = Array.isArray(trace.x) ? (trace.x as unknown[]) : undefined;
  const { x0 = 0, dx = 1 } = trace as { x0?: number; dx?: number };
  const axis = (key: string): string => {
    const name = String((trace as unknown as Record<string, unknown>)[`${key}axis`] ?? key);
    return name.replace(/^[xy]/, `${key}axis`);
  };
  const layout = (figure.layout ?? {}) as Record<string, AxisLayout | undefined>;
  const x = placed(given ?? Array.from({ length: count }, (_, i) => x0 + i * dx), layout[axis("x")]);
  const y = placed(trace.y, layout[axis("y")]);
  if (!x || !y) return trace;

  const isLine = (trace.mode ?? "lines").includes("lines");
  const kept = new Set(
    !isLine
      ? onTop(x, y, width, height, budget)
      : isAscending(x)
        ? ofColumns(x, y, width)
        : atSteps(count, budget),
  );
  // Ranges and color scales are computed from all points, before points are removed.
  const { marker } = trace as { marker?: { color?: unknown } };
  const colors =
    Array.isArray(marker?.color) && marker.color.length === count ? placed(marker.color) : undefined;
  for (const places of [x, y, ...(colors ? [colors] : [])]) for (const i of extremes(places)) kept.add(i);
  const order = [...kept].sort((a, b) => a - b);
  // Lists as long as the trace have an entry for each of its points: colors, sizes, error bars.
  const pick = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.length === count ? order.map((i) => (value as unknown[])[i]) : value;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, pick(entry)]));
  };
  return { ...(pick(trace) as AnyTrace), x: order.map((i) => (given ? given[i] : x0 + i * dx)) } as AnyTrace;
}

interface AxisLayout {
  type?: string;
  range?: unknown[];
}

/** Returns the positions of values on their axis, from 0 to 1; undefined if the values are not numbers. */
function placed(values: readonly unknown[], axis: AxisLayout = {}): Float64Array | undefined {
  if (axis.type !== undefined && axis.type !== "linear" && axis.type !== "log") return undefined;
  const isLog = axis.type === "log";
  const places = new Float64Array(values.length);
  for (const [i, value] of values.entries()) {
    if (value !== null && typeof value !== "number") return undefined;
    places[i] = value === null ? NaN : isLog ? (value > 0 ? Math.log10(value) : NaN) : value;
  }
  let [low, high] = [Infinity, -Infinity];
  for (const place of places) {
    if (place < low) low = place;
    if (place > high) high = place;
  }
  const range = axis.range?.map(Number);
  if (range?.length === 2 && range.every(Number.isFinite))
    [low, high] = [Math.min(...range), Math.max(...range)];
  return places.map((place) => (place - low) / (high - low || 1));
}

/** Returns the last point in each cell of a grid. The grid is chosen so that at most `budget` points are left. */
function onTop(x: Float64Array, y: Float64Array, width: number, height: number, budget: number): number[] {
  for (let side = 1; ; side *= 1.25) {
    const cells = new Map<number, number>();
    const across = Math.ceil(width / side) + 2;
    for (let i = 0; i < x.length; i++) {
      if (!(Math.abs(x[i] - 0.5) <= 0.55 && Math.abs(y[i] - 0.5) <= 0.55)) continue;
      cells.set(Math.floor((y[i] * height) / side) * across + Math.floor((x[i] * width) / side), i);
    }
    if (cells.size <= budget) return [...cells.values()];
  }
}

function isAscending(x: Float64Array): boolean {
  return x.every((place, i) => i === 0 || place >= x[i - 1]);
}

/** Returns the first, the lowest, the highest and the last point in each column of half a pixel, and keeps gaps. */
function ofColumns(x: Float64Array, y: Float64Array, width: number): number[] {
  const kept: number[] = [];
  let column: number | undefined;
  let [first, low, high, last] = [0, 0, 0, 0];
  const close = (): void => void (column !== undefined && kept.push(first, low, high, last));
  for (let i = 0; i < x.length; i++) {
    const isGap = Number.isNaN(y[i]) || Number.isNaN(x[i]);
    const own = isGap ? undefined : Math.floor(x[i] * width * 2);
    if (own !== column || isGap) {
      close();
      column = own;
      first = low = high = i;
      if (isGap) kept.push(i);
    }
    if (isGap) continue;
    if (y[i] < y[low]) low = i;
    if (y[i] > y[high]) high = i;
    last = i;
  }
  close();
  return kept;
}

function atSteps(count: number, budget: number): number[] {
  return Array.from({ length: budget }, (_, i) => Math.round((i * (count - 1)) / (budget - 1)));
}

function extremes(places: Float64Array): number[] {
  let [low, high] = [-1, -1];
  for (let i = 0; i < places.length; i++) {
    if (low < 0 || places[i] < places[low] || Number.isNaN(places[low])) low = i;
    if (high < 0 || places[i] > places[high] || Number.isNaN(places[high])) high = i;
  }
  return low < 0 ? [] : [low, high];
}
