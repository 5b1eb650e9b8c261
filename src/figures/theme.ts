/** The theme that all figures share: the positions of title, legend and axes. */
import type { LayoutAxis } from "plotly.js-dist";
import type { Figure } from "./figure";
import { roomAbove, TITLE } from "./fit";

/** The title of an axis, with units, or an axis object with a title. */
export type Axis = string | (Partial<Omit<LayoutAxis, "title">> & { readonly title: string });

/** The labels of a figure. */
export interface Words {
  /** The title of the figure. */
  readonly title: string;
  /** The title of the horizontal axis, with its unit. */
  readonly x: string;
  /** The title of the vertical axis, with its unit. */
  readonly y: string;
}

/** The labels and axes of a figure. */
export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Further properties of Plotly's layout. */
  readonly layout?: Figure["layout"];
}

/** The names that more than one figure uses. */
export const P_A = "p<sub>A</sub>";
export const RADIUS_AXIS = "l<sub>2</sub> radius (pixels in [0, 1])";
export const DIMENSION_AXIS = { title: "input dimension N", type: "log", dtick: 1 } as const;
export const RATE_AXIS = {
  title: "rate r (per unit of l<sub>2</sub> distance)",
  type: "log",
  dtick: 1,
} as const;

/**
 * Makes a figure from traces, with the title at the top left, the legend (in the order of the traces) below the title,
 * and then the plot.
 */
export function themed(data: Figure["data"], { title, x, y, layout = {} }: Plot): Figure {
  return withRoomAbove({
    data,
    layout: {
      title: { ...TITLE, text: title },
      xaxis: axis(x),
      yaxis: axis(y),
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", traceorder: "normal" },
      ...layout,
      margin: { l: 70, r: 20, b: 60, ...layout.margin },
    },
  });
}

/** Gives a figure the room that its title and legend take above the plot. */
export function withRoomAbove(figure: Figure): Figure {
  const { data, layout } = figure;
  return { data, layout: { ...layout, margin: { ...layout.margin, t: roomAbove(figure, 760) } } };
}

export function axis(given: Axis): Partial<LayoutAxis> {
  const { title, ...others } = typeof given === "string" ? { title: given } : given;
  return { automargin: true, exponentformat: "power", ...others, title: { text: title, standoff: 12 } };
}
