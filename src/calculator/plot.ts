/** The plot of the calculator, which shows how the certified radius arises. */
import type { Calculation } from "./calculate";

const [WIDTH, HEIGHT] = [400, 250];
const PLOT = { left: 52, right: 392, top: 10, bottom: 208 } as const;

/**
 * Returns the plot as the content of an svg element with {@link VIEW_BOX}, or an empty text if there is
 * nothing to plot.
 */
export function plotOf({ curves, radius, cohen }: Calculation): string {
  if (!curves) return "";
  const end = curves.distances[curves.distances.length - 1];
  const x = (distance: number): number => PLOT.left + ((PLOT.right - PLOT.left) * distance) / end;
  const y = (probability: number): number => PLOT.bottom - (PLOT.bottom - PLOT.top) * probability;
  const line = (name: string, values: readonly number[]): string => {
    const points = values.map((value, i) => `${x(curves.distances[i]).toFixed(1)},${y(value).toFixed(1)}`);
    return `<polyline class="curve ${name}" points="${points.join(" ")}"/>`;
  };
  const dot = (name: string, at: number): string =>
    `<circle class="dot ${name}" cx="${x(at).toFixed(1)}" cy="${y(0.5)}" r="4.5"/>`;
  const ticks = ticksUpTo(end).map(
    (value) =>
      `<path class="axis" d="M${x(value).toFixed(1)} ${PLOT.bottom}v4"/>` +
      `<text x="${x(value).toFixed(1)}" y="${PLOT.bottom + 18}" text-anchor="middle">${value}</text>`,
  );
  const levels = [0, 0.5, 1].map(
    (value) =>
      `<path class="grid" d="M${PLOT.left} ${y(value)}H${PLOT.right}"/>` +
      `<text x="${PLOT.left - 7}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  return [
    ...levels,
    ...ticks,
    `<path class="axis" d="M${PLOT.left} ${PLOT.bottom}H${PLOT.right}"/>`,
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">distance from x₀</text>`,
    `<text x="12" y="${(PLOT.top + PLOT.bottom) / 2}" text-anchor="middle" class="upright">ξ, leaving A</text>`,
    line("constant", curves.constant),
    line("decreasing", curves.decreasing),
    line("increasing", curves.increasing),
    dot("constant", cohen),
    dot("certified", radius),
  ].join("");
}

/** The extent of the plot, for the svg element that holds it. */
export const VIEW_BOX: string = `0 0 ${WIDTH} ${HEIGHT}`;

/** Returns about five round numbers from 0 up to `end`. */
function ticksUpTo(end: number): number[] {
  const power = 10 ** Math.floor(Math.log10(end / 4));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power * 5.5 >= end) ?? 10);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}
