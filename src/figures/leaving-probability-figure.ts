import { worstCaseProbability } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { CONSTANT, curve, seriesColor } from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { P_A } from "./theme";
import { countText } from "../numerics/count-text";

/** The arguments of {@link leavingProbabilityFigure}. */
export interface LeavingProbabilityFigureOptions extends SliderStart {
  /**
   * The quantity on the horizontal axis: a/s0 ("distance") or s1/s0 ("ratio"). The slider changes the other quantity.
   */
  readonly along: "distance" | "ratio";
  /** The range of the horizontal axis. */
  readonly range: readonly [number, number];
  /** The positions of the slider. */
  readonly slider: readonly number[];
  /** The values of N, at most five. The figure has one curve for each value. */
  readonly dimensions: readonly number[];
  /** p_A, which must be above 1/2. */
  readonly pA: number;
}

/**
 * Draws ξ, the largest probability of leaving class A, against the distance or against s1/s0, with one curve
 * per dimension N. A slider changes whichever of the two quantities is not on the axis. If ξ is below 1/2,
 * class A is certain to keep the majority.
 *
 * @example
 * const figure = leavingProbabilityFigure({
 *   along: "ratio",
 *   range: [0.9, 1.1],
 *   slider: [0, 0.5, 1],
 *   dimensions: [784, 3072],
 *   pA: 0.99,
 * });
 */
export function leavingProbabilityFigure(options: LeavingProbabilityFigureOptions): Figure {
  const { along, range, slider, active, dimensions, pA } = options;
  const isDistance = along === "distance";
  const values = isDistance ? linear(...range, 121) : denseAroundOne(range);
  /** Returns ξ as a function of the quantity on the axis, given the slider's value of the other quantity. */
  const xi = (dimension: number, other: number) => (x: number) => {
    const [sigma1, distance] = isDistance ? [other, x] : [x, other];
    return worstCaseProbability({ dimension, sigma0: 1, sigma1, distance, pA });
  };
  const hover = "%{x:.4f}: ξ = %{y:.3f}";
  const half = { color: COLORS.reference, width: 1, dash: "dot" } as const;
  return withSlider({
    prefix: isDistance ? "σ₁/σ₀ = " : "‖x₁ − x₀‖ / σ₀ = ",
    positions: slider,
    active,
    shared: [
      curve("½: majority lost", range, [0.5, 0.5], half),
      ...(isDistance ? [curve("σ₁ = σ₀, any N", values, xi(1, 1), CONSTANT, { hover })] : []),
    ],
    at: (other) => ({
      title: `Largest probability ξ of leaving class A, ${P_A} = ${pA}, ${isDistance ? `σ₁/σ₀ = ${other}` : `‖x₁ − x₀‖ = ${other} σ₀`}`,
      traces: dimensions.map((dimension, i) =>
        curve(
          `N = ${countText(dimension)}`,
          values,
          xi(dimension, other),
          { color: seriesColor(i) },
          { hover },
        ),
      ),
    }),
    x: {
      title: isDistance ? "distance ‖x₁ − x₀‖, in units of σ<sub>0</sub>" : "σ<sub>1</sub>/σ<sub>0</sub>",
      range: [...range],
    },
    y: { title: "ξ", range: [0, 1.02] },
  });
}

/**
 * Returns ratios from `low` < 1 to `high` > 1. The ratios are spaced more closely near 1, where the curves for large N
 * change.
 */
function denseAroundOne([low, high]: readonly [number, number]): number[] {
  return linear(-1, 1, 201).map((t) => 1 + (t < 0 ? low - 1 : high - 1) * Math.abs(t) ** 2.5);
}
