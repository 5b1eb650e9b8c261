import type { Figure } from "./figure";
import { rounded } from "./grid";
import { curve, seriesColor } from "./marks";
import { themed, type Words } from "./theme";

/** A curve, or points. */
export interface Curve {
  /** Name in the legend. */
  readonly name: string;
  /** Horizontal coordinates of the points. */
  readonly x: readonly number[];
  /** Vertical coordinates of the points. */
  readonly y: readonly number[];
  /** Half the length of an error bar at each point. */
  readonly error?: readonly number[];
  /** The color. Default: the next color of the series. */
  readonly color?: string;
  /** How the points are drawn. Default: as lines. */
  readonly mode?: "lines" | "markers" | "lines+markers";
  /** The line style. Default: solid. */
  readonly dash?: "solid" | "dash" | "dot";
  /** Size of the markers in pixels. Default: 7. */
  readonly size?: number;
}

/** The texts and axes of {@link curvesFigure}. */
export interface CurvesFigureOptions extends Words {
  /** The logarithmic axes. Default: none. */
  readonly log?: "x" | "y" | "xy";
}

/**
 * Curves in one plot.
 *
 * @example
 * const z = [-3, -2, -1, 0, 1, 2, 3];
 * const curve = { name: "Φ", x: z, y: z.map(normalCdf) };
 * const figure = curvesFigure([curve], { title: "The normal distribution function", x: "z", y: "Φ(z)" });
 */
export function curvesFigure(curves: readonly Curve[], { title, x, y, log }: CurvesFigureOptions): Figure {
  const data = curves.map((given, i) => {
    const { name, color = seriesColor(i), mode = "lines", dash = "solid", size = 7, error } = given;
    return curve(
      name,
      given.x,
      given.y,
      { color, dash },
      {
        hover: "%{x:.5g}: %{y:.5g}",
        mode,
        marker: { color, size, opacity: 0.8 },
        ...(error ? { error_y: { type: "data", array: rounded(error), color } } : {}),
      },
    );
  });
  const type = (axis: "x" | "y") => (log?.includes(axis) ? "log" : "linear");
  return themed(data, { title, x: { title: x, type: type("x") }, y: { title: y, type: type("y") } });
}
