/** The marks of which figures are made. */
import type { Data, Layout } from "plotly.js-dist";
import { roundedDown } from "../numerics/rounded-down";
import { COLORS } from "./colors";
import { linear, rounded } from "./grid";

/** The style of a line. A line is 2 pixels wide by default. */
export interface LineStyle {
  readonly color: string;
  readonly width?: number;
  readonly dash?: "solid" | "dash" | "dot" | "dashdot";
  /** How the line runs from point to point. Default: straight. */
  readonly shape?: "vh";
}

type Values = readonly number[];

/** The text that is shown under the pointer (by default none), and any other property of a Plotly trace. */
interface More {
  readonly hover?: string;
  readonly [key: string]: unknown;
}

/** The line style for constant σ. In every figure, constant σ is blue and dashed, and σ(x) is orange and solid. */
export const CONSTANT: LineStyle = { color: COLORS.constant, dash: "dash" };
export const INPUT_DEPENDENT: LineStyle = { color: COLORS.inputDependent };

/** Returns the color of the i-th curve of a family. */
export function seriesColor(i: number): string {
  return COLORS.series[i % COLORS.series.length];
}

/** Draws a line from point to point, or the graph of a function. */
export function curve(name: string, x: Values, y: Values | Graph, line: LineStyle, more: More = {}): Data {
  const values = typeof y === "function" ? x.map(y) : y;
  return trace("lines", name, x, values, { line: { width: 2, ...line }, ...more });
}

type Graph = (x: number) => number;

/** Draws points whose horizontal positions are numbers or names. */
export function dots(
  name: string,
  x: Values | readonly string[],
  y: Values,
  marker: object,
  more: More,
): Data {
  return trace("markers", name, x, y, { marker, ...more });
}

function trace(mode: string, name: string, x: Values | readonly string[], y: Values, given: More): Data {
  const { hover, ...more } = given;
  const label = hover === undefined ? { hoverinfo: "skip" } : { hovertemplate: hover };
  return {
    type: "scatter",
    mode,
    name,
    x: rounded<number | string>(x),
    y: rounded(y),
    ...label,
    ...more,
  } as Data;
}

/** A point of the plane. */
export type Point = readonly [number, number];

/** A point that leaves a gap in a line through points of the plane. */
export const GAP: Point = [NaN, NaN];

/** Draws a line through points of the plane. */
export function path(name: string, points: readonly Point[], line: LineStyle, more: More = {}): Data {
  return curve(name, ...coordinates(points), line, more);
}

export function coordinates(points: readonly Point[]): [x: number[], y: number[]] {
  return [points.map(([x]) => x), points.map(([, y]) => y)];
}

/** Returns a circle as a path of `points` points. */
export function circle([x, y]: Point, radius: number, points: number): Point[] {
  return linear(0, 2 * Math.PI, points).map((t) => [x + radius * Math.cos(t), y + radius * Math.sin(t)]);
}

/** Draws vertical lines from 0 to a height, with an entry in the legend. */
export function verticals(name: string, at: Values, height: number, line: LineStyle, more: More): Data {
  const points = at.flatMap((x): Point[] => [[x, 0], [x, height], GAP]);
  return path(name, points.slice(0, -1), line, more);
}

/**
 * Draws a staircase through the given corners. Between two corners, the staircase has the value of the later corner. If
 * there are too many corners, only some of them are drawn. The radii, on the x axis, are rounded down.
 */
export function staircase(name: string, corners: readonly Point[], line: LineStyle, more: More): Data {
  const points = thinned(corners).map(([radius, y]): Point => [roundedDown(radius), y]);
  return path(name, points, { ...line, shape: "vh" }, more);
}

/** Draws a band between two staircases. The band is in the legend if it has a name. */
export function band(
  corners: readonly { readonly radius: number; readonly low: number; readonly high: number }[],
  color: string,
  name: string = "",
): Data[] {
  const line = { color, width: 0, shape: "vh" } as const;
  const [low, high] = (["low", "high"] as const).map((end) =>
    corners.map((corner): Point => [roundedDown(corner.radius), corner[end]]),
  );
  const filled = { fill: "tonexty", fillcolor: `${color}2a`, showlegend: name !== "" };
  return [path("", low, line, { showlegend: false }), path(name, high, line, filled)];
}

/** Draws error bars from `low` to `high` around values. */
export function intervals(
  values: readonly { readonly value: number; readonly low: number; readonly high: number }[],
  color: string,
): object {
  const array = rounded(values.map(({ value, high }) => high - value));
  const arrayminus = rounded(values.map(({ value, low }) => value - low));
  return { error_y: { type: "data", symmetric: false, array, arrayminus, color, thickness: 1.5 } };
}

type Shape = NonNullable<Layout["shapes"]>[number];

/** Draws a thin line across the plot at a given x (vertical) or y (horizontal). */
function referenceLine(at: { readonly x: number } | { readonly y: number }, dash: LineStyle["dash"]): Shape {
  const ends =
    "x" in at
      ? { x0: at.x, x1: at.x, y0: 0, y1: 1, yref: "paper" }
      : { x0: 0, x1: 1, y0: at.y, y1: at.y, xref: "paper" };
  return { type: "line", ...ends, line: { color: "#999999", width: 1, dash } } as Shape;
}

/** The line at probability 1/2, at which the majority is lost. */
export const MAJORITY: Shape = referenceLine({ y: 0.5 }, "dot");

/** Draws vertical lines with their names at the top. From left to right, the names alternate between three rows. */
export function namedLines(
  places: Readonly<Record<string, number>>,
  { isLog = false, dash = "solid" }: { isLog?: boolean; dash?: LineStyle["dash"] } = {},
): { shapes: Shape[]; annotations: Layout["annotations"] } {
  return {
    shapes: Object.values(places).map((x) => referenceLine({ x }, dash)),
    annotations: Object.entries(places).map(([text, x], i) => ({
      text,
      x: isLog ? Math.log10(x) : x,
      y: 1,
      yref: "paper",
      yshift: -14 * (i % 3),
      // On a logarithmic axis, the last name would extend beyond the end of the axis.
      xanchor: isLog && i === Object.keys(places).length - 1 ? "right" : "left",
      yanchor: "top",
      showarrow: false,
      font: { size: 11 },
    })),
  };
}

/** The maximum number of corners that are drawn for a staircase, because more corners could not be told apart. */
const MOST_CORNERS = 1000;

/**
 * Returns some of the corners of a staircase, including the first corner and the last two; if there are not too many
 * corners, returns all of them.
 */
export function thinned<T>(corners: readonly T[]): T[] {
  const step = Math.ceil(corners.length / MOST_CORNERS);
  return corners.filter((_, i) => i % step === 0 || i >= corners.length - 2);
}
