import type { Layout } from "plotly.js-dist";

/** Vertical lines at numbers of dimensions, with their names at the top, for a logarithmic axis of N. */
export function dimensionMarks(
  marks: Readonly<Record<string, number>>,
): Pick<Layout, "shapes" | "annotations"> {
  return {
    shapes: Object.values(marks).map((dimension) => ({
      type: "line",
      x0: dimension,
      x1: dimension,
      y0: 0,
      y1: 1,
      yref: "paper",
      line: { color: "#999999", width: 1 },
    })),
    annotations: Object.entries(marks).map(([name, dimension], i) => ({
      text: name,
      x: Math.log10(dimension),
      y: 0.99 - 0.06 * (i % 2),
      yref: "paper",
      xanchor: "left",
      yanchor: "top",
      showarrow: false,
      font: { size: 11 },
    })),
  };
}

/** A dotted line at probability 1/2, where the majority is lost. */
export function majorityLine(): NonNullable<Layout["shapes"]>[number] {
  return {
    type: "line",
    x0: 0,
    x1: 1,
    xref: "paper",
    y0: 0.5,
    y1: 0.5,
    line: { color: "#999999", width: 1, dash: "dot" },
  };
}
