import type { Data } from "plotly.js-dist";
import { worstCaseProbability } from "../certificates/worst-case";
import { noncentralChiSquared } from "../probability/noncentral-chi-squared";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { CONSTANT, curve, INPUT_DEPENDENT, type LineStyle } from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { P_A } from "./theme";
import { countText } from "../numerics/count-text";

/** The arguments of {@link noiseNormFigure}. */
export interface NoiseNormFigureOptions extends SliderStart {
  /** The ratio s1/s0. */
  readonly ratio: number;
  /** p_A, which must be above 1/2. */
  readonly pA: number;
  /** The values of N, which are the positions of the slider. */
  readonly dimensions: readonly number[];
}

/**
 * Draws the distribution of the norm of the noise: the density of ‖e‖ / (s0 √N) for e ~ N(0, s0² I) and for e ~ N(0,
 * s1² I), each scaled to height 1. A slider changes N. The squared norm, divided by the variance, follows a chi-squared
 * distribution.
 *
 * @example
 * const figure = noiseNormFigure({ ratio: 0.9, pA: 0.99, dimensions: [2, 784, 3072] });
 */
export function noiseNormFigure({ ratio, pA, dimensions, active }: NoiseNormFigureOptions): Figure {
  return withSlider({
    prefix: "N = ",
    positions: dimensions,
    active,
    at: (dimension) => {
      const xi = worstCaseProbability({ dimension, sigma0: 1, sigma1: ratio, distance: 0, pA });
      return {
        title: `Length of the noise, N = ${countText(dimension)}: ξ(0) = ${xi.toFixed(3)} at σ₁/σ₀ = ${ratio}, ${P_A} = ${pA}`,
        traces: [
          density("noise of σ₀", dimension, 1, CONSTANT),
          density("noise of σ₁", dimension, ratio, INPUT_DEPENDENT),
        ],
      };
    },
    x: { title: "‖e‖ / (σ<sub>0</sub> √N)", range: [0.6, 1.45] },
    y: { title: "density (peak = 1)", range: [0, 1.05] },
  });
}

function density(name: string, dimension: number, sigma: number, line: LineStyle): Data {
  const width = 6 / Math.sqrt(2 * dimension);
  const norms = linear(Math.max(0.001, 1 - width), 1 + width, 161);
  const values = norms.map((norm) => norm * noncentralChiSquared.pdf(norm * norm * dimension, dimension, 0));
  const peak = Math.max(...values);
  const [x, y] = [norms.map((norm) => sigma * norm), values.map((value) => value / peak)];
  return curve(name, x, y, line, { hover: "%{x:.3f}", fill: "tozeroy", fillcolor: `${line.color}33` });
}
