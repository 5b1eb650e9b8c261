import type { Figure } from "./figure";
import { rounded } from "./grid";
import { curve, seriesColor } from "./marks";
import { themed } from "./theme";

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

/** Curves in one plot. */
export function curvesFigure(curves: readonly Curve[], { title, x, y, log }: CurvesFigureOptions): Figure {
  const data = curves.map((given, i) => {
    const { name, color = seriesColor(i), mode = "lines", dash = "solid", size = 7, error } = given;
    return curve(name, given.x, given.y, { color, dash }, "%{x:.5g}: %{y:.5g}", {
      mode,
      marker: { color, size, opacity: 0.8 },
      ...(error ? { error_y: { type: "data", array: rounded(error), color } } : {}),
    });
  });
  return themed(data, {
    title,
    x: { title: x, type: log?.includes("x") ? "log" : "linear" },
    y: { title: y, type: log?.includes("y") ? "log" : "linear" },
  });
}
