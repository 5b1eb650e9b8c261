import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { rounded } from "./grid";

/** A curve, or points. */
export interface Curve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Half the length of an error bar at each point. */
  readonly error?: readonly number[];
  /** By default the next of the series. */
  readonly color?: string;
  readonly mode?: "lines" | "markers" | "lines+markers";
  readonly dash?: "solid" | "dash" | "dot";
  /** Size of the markers in pixels; by default 7. */
  readonly size?: number;
}

/** The words and axes of {@link curvesFigure}. */
export interface CurvesFigureOptions {
  readonly title: string;
  /** Titles of the axes, with units. */
  readonly x: string;
  readonly y: string;
  /** Logarithmic axes; by default none. */
  readonly log?: "x" | "y" | "xy";
}

/** Curves in one plot, with the legend beside it. */
export function curvesFigure(curves: readonly Curve[], { title, x, y, log }: CurvesFigureOptions): Figure {
  return {
    data: curves.map((curve, i) => {
      const color = curve.color ?? COLORS.series[i % COLORS.series.length];
      return {
        type: "scatter",
        mode: curve.mode ?? "lines",
        name: curve.name,
        x: rounded(curve.x),
        y: rounded(curve.y),
        ...(curve.error ? { error_y: { type: "data", array: rounded(curve.error), color: color } } : {}),
        line: { color: color, width: 2, dash: curve.dash ?? "solid" },
        marker: { color: color, size: curve.size ?? 7, opacity: 0.8 },
      };
    }),
    layout: {
      title: { text: title, x: 0.02, xanchor: "left" },
      xaxis: { title: { text: x }, type: log?.includes("x") ? "log" : "linear" },
      yaxis: { title: { text: y }, type: log?.includes("y") ? "log" : "linear" },
      margin: { l: 70, r: 20, t: 60, b: 60 },
    },
  };
}
