/** The marks that figures are made of. */
import type { Data, Layout } from "plotly.js-dist";
import { COLORS } from "./colors";
import { rounded } from "./grid";

/** How a line looks; 2 pixels wide by default. */
export interface LineStyle {
  readonly color: string;
  readonly width?: number;
  readonly dash?: "solid" | "dash" | "dot" | "dashdot";
}

/** Traces that the legend shows by the name of their group, or anything else that Plotly knows. */
type More = Readonly<Record<string, unknown>>;

/** Constant σ is blue and dashed, σ(x) orange and solid, in every figure. */
export const CONSTANT: LineStyle = { color: COLORS.constant, dash: "dash" };
export const INPUT_DEPENDENT: LineStyle = { color: COLORS.inputDependent };

/** The color of the i-th curve of a family. */
export function seriesColor(i: number): string {
  return COLORS.series[i % COLORS.series.length];
}

/** A line from point to point, with the text under the pointer; without one, the pointer passes by. */
export function curve(
  name: string,
  x: readonly number[],
  y: readonly number[],
  line: LineStyle,
  hover?: string,
  more: More = {},
): Data {
  const shown = { width: 2, ...line };
  return { type: "scatter", mode: "lines", name, ...points(x, y, hover), line: shown, ...more } as Data;
}

/** Points, with the text under the pointer. */
export function dots(
  name: string,
  x: readonly (number | string)[],
  y: readonly number[],
  marker: More,
  hover?: string,
  more: More = {},
): Data {
  return { type: "scatter", mode: "markers", name, ...points(x, y, hover), marker, ...more } as Data;
}

function points(x: readonly (number | string)[], y: readonly number[], hover?: string): More {
  const isNumeric = x.every((value) => typeof value === "number");
  const label = hover === undefined ? { hoverinfo: "skip" } : { hovertemplate: hover };
  return { x: isNumeric ? rounded(x) : [...x], y: rounded(y), ...label };
}

/** A corner of a staircase: the value holds up to this place, from (but not including) that of the corner before. */
export interface Corner {
  readonly at: number;
  readonly value: number;
}

/** A staircase; where there are too many corners, some of them. */
export function staircase(
  name: string,
  corners: readonly Corner[],
  line: LineStyle,
  hover: string,
  more: More = {},
): Data {
  const kept = thinned(corners);
  const [x, y] = [kept.map(({ at }) => at), kept.map(({ value }) => value)];
  return curve(name, x, y, { ...line, shape: "vh" } as LineStyle, hover, more);
}

/** A band between two staircases; it is in the legend if it has a name. */
export function band(
  corners: readonly { readonly radius: number; readonly low: number; readonly high: number }[],
  color: string,
  name?: string,
): Data[] {
  const x = corners.map(({ radius }) => radius);
  const edge = (end: "low" | "high", more: More): Data => {
    const line = { color, width: 0, shape: "vh" } as LineStyle;
    const y = corners.map((corner) => corner[end]);
    return curve(name ?? "", x, y, line, undefined, { showlegend: false, ...more });
  };
  const filled = { fill: "tonexty", fillcolor: `${color}2a`, showlegend: name !== undefined };
  return [edge("low", {}), edge("high", filled)];
}

/** Error bars from `low` to `high` around values. */
export function intervals(
  values: readonly { readonly value: number; readonly low: number; readonly high: number }[],
  color: string,
): More {
  return {
    error_y: {
      type: "data",
      symmetric: false,
      array: rounded(values.map(({ value, high }) => high - value)),
      arrayminus: rounded(values.map(({ value, low }) => value - low)),
      color,
      thickness: 1.5,
    },
  };
}

/** Published values: a thin dotted line through them, in the color of what they are compared with. */
export function publishedValues(
  name: string,
  { radius, accuracy }: { readonly radius: readonly number[]; readonly accuracy: readonly number[] },
  color: string,
): Data {
  const hover = "published, radius %{x:.3f}<br>certified accuracy %{y:.3f}";
  return curve(name, radius, accuracy, { color, width: 1.5, dash: "dot" }, hover);
}

type Shape = NonNullable<Layout["shapes"]>[number];

/** A thin line across the plot, at x or at y. */
export function referenceLine(
  at: { readonly x: number } | { readonly y: number },
  dash: LineStyle["dash"] = "dot",
): Shape {
  const ends = "x" in at ? { x0: at.x, x1: at.x, y0: 0, y1: 1 } : { x0: 0, x1: 1, y0: at.y, y1: at.y };
  const across = "x" in at ? { yref: "paper" } : { xref: "paper" };
  return { type: "line", ...ends, ...across, line: { color: "#999999", width: 1, dash } } as Shape;
}

/** The line at probability 1/2, where the majority is lost. */
export const MAJORITY: Shape = referenceLine({ y: 0.5 });

/** Vertical lines with their names at the top, in two rows by turns. */
export function namedLines(
  places: Readonly<Record<string, number>>,
  { isLog = false, dash = "solid" }: { isLog?: boolean; dash?: LineStyle["dash"] } = {},
): Pick<Layout, "shapes" | "annotations"> {
  return {
    shapes: Object.values(places).map((x) => referenceLine({ x }, dash)),
    annotations: Object.entries(places).map(([text, x], i) => ({
      text,
      x: isLog ? Math.log10(x) : x,
      y: 0.99 - 0.08 * (i % 2),
      yref: "paper",
      // The last of a logarithmic axis would reach beyond its end.
      xanchor: isLog && i === Object.keys(places).length - 1 ? "right" : "left",
      yanchor: "top",
      showarrow: false,
      font: { size: 11 },
    })),
  };
}

/** Most corners of a staircase that are drawn: more could not be told apart. */
const MOST_CORNERS = 1000;

/** Some of the corners of a staircase, the first and the last two among them; all if there are not too many. */
export function thinned<T>(corners: readonly T[]): T[] {
  const step = Math.ceil(corners.length / MOST_CORNERS);
  return corners.filter((_, i) => i % step === 0 || i >= corners.length - 2);
}
