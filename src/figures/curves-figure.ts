import type { Figure } from "./figure";
import { rounded } from "./grid";
import { curve, seriesColor } from "./marks";
import { themed, type Words } from "./theme";

/** A curve, or a set of points. */
export interface Curve {
  /** The name in the legend. */
  readonly name: string;
  /** The horizontal coordinates of the points. */
  readonly x: readonly number[];
  /** The vertical coordinates of the points. */
  readonly y: readonly number[];
  /** Half the length of the error bar at each point. */
  readonly error?: readonly number[];
  /** The color. Default: the next color of the series. */
  readonly color?: string;
  /** How the points are drawn. Default: as lines. */
  readonly mode?: "lines" | "markers" | "lines+markers";
  /** The line style. Default: solid. */
  readonly dash?: "solid" | "dash" | "dot";
  /** The size of the markers in pixels. Default: 7. */
  readonly size?: number;
}

/** The labels and axes of {@link curvesFigure}. */
export interface CurvesFigureOptions extends Words {
  /** The axes that are logarithmic. Default: none. */
  readonly log?: "x" | "y" | "xy";
}

/**
 * Draws several curves in one plot.
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
