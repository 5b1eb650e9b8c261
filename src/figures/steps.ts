/**
 * Staircases: the value at a corner holds up to the radius of the corner, from (but not including) that of the one
 * before. Plotly's shape "vh" draws them so.
 */
import type { Figure } from "./figure";
import { rounded } from "./grid";

/** Most corners that are drawn; of more, every so manyth, which nobody can see. */
const MOST_CORNERS = 1000;

/** Some of the corners of a staircase, the first and the last two among them; all if there are not too many. */
export function thinned<T>(corners: readonly T[]): T[] {
  const step = Math.ceil(corners.length / MOST_CORNERS);
  return corners.filter((_, i) => i % step === 0 || i >= corners.length - 2);
}

/** A band between two staircases: its lower edge, and its upper edge, filled down to the other. */
export function bandTraces(
  corners: readonly { readonly radius: number; readonly low: number; readonly high: number }[],
  color: string,
  name?: string,
): Figure["data"] {
  const edge = (y: number[], more: object): Figure["data"][number] => ({
    type: "scatter",
    mode: "lines",
    x: rounded(corners.map(({ radius }) => radius)),
    y: rounded(y),
    line: { shape: "vh", width: 0, color: color },
    hoverinfo: "skip",
    showlegend: false,
    ...more,
  });
  const filled = { fill: "tonexty", fillcolor: `${color}2a`, name, showlegend: name !== undefined };
  const [low, high] = [corners.map((corner) => corner.low), corners.map((corner) => corner.high)];
  return [edge(low, {}), edge(high, filled)];
}
