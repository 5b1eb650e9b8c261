import type { Data, Layout } from "plotly.js-dist";

/** A figure for Plotly: a list of traces and a layout. */
export interface Figure {
  /** The traces, as Plotly defines them. */
  data: Data[];
  /** The layout, as Plotly defines it. */
  layout: Partial<Layout>;
}

/** A figure made by this package or by the user; the layout is optional. */
export interface PlotlyFigure {
  /** The traces, as Plotly defines them. */
  data: Figure["data"];
  /** The layout, as Plotly defines it. */
  layout?: Figure["layout"];
}

/**
 * Copies a figure as plain JSON: typed arrays become lists, undefined entries are dropped, and NaN becomes null (a
 * gap).
 */
export function plainFigure(figure: PlotlyFigure): PlotlyFigure {
  return JSON.parse(
    JSON.stringify(figure, (_name, value: unknown) =>
      ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : value,
    ),
  ) as PlotlyFigure;
}
