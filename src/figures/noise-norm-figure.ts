import type { Data } from "plotly.js-dist";
import { worstCaseProbability } from "../certificates/worst-case";
import { noncentralChiSquared } from "../probability/noncentral-chi-squared";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { CONSTANT, curve, INPUT_DEPENDENT, type LineStyle } from "./marks";
import { withSlider } from "./slider";
import { count } from "./theme";

/** The arguments of {@link noiseNormFigure}. */
export interface NoiseNormFigureOptions {
  /** s1/s0. */
  readonly ratio: number;
  /** p_A, above 1/2. */
  readonly pA: number;
  /** N, the positions of the slider. */
  readonly dimensions: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
}

/**
 * How long the noise is: the density of ‖e‖ / (s0 √N) for e ~ N(0, s0² I) and for e ~ N(0, s1² I), each scaled to
 * height 1, with a slider over N. The norm squared follows a chi-squared distribution.
 *
 * @example
 * const figure = noiseNormFigure({ ratio: 0.9, pA: 0.99, dimensions: [2, 784, 3072] });
 */
export function noiseNormFigure({ ratio, pA, dimensions, active }: NoiseNormFigureOptions): Figure {
  return withSlider({
    prefix: "N = ",
    active,
    steps: dimensions.map((dimension) => {
      const xi = worstCaseProbability({ dimension, sigma0: 1, sigma1: ratio, distance: 0, pA });
      return {
        label: count(dimension),
        title: `Length of the noise, N = ${count(dimension)}: ξ(0) = ${xi.toFixed(3)} at σ₁/σ₀ = ${ratio}, p<sub>A</sub> = ${pA}`,
        traces: [density(dimension, 1, "σ₀", CONSTANT), density(dimension, ratio, "σ₁", INPUT_DEPENDENT)],
      };
    }),
    x: { title: "‖e‖ / (σ<sub>0</sub> √N)", range: [0.6, 1.45] },
    y: { title: "density, highest = 1", range: [0, 1.05] },
  });
}

function density(dimension: number, sigma: number, name: string, line: LineStyle): Data {
  const width = 6 / Math.sqrt(2 * dimension);
  const norms = linear(Math.max(0.001, 1 - width), 1 + width, 161);
  const values = norms.map((norm) => norm * noncentralChiSquared.pdf(norm * norm * dimension, dimension, 0));
  const largest = Math.max(...values);
  return curve(
    `noise of ${name}`,
    norms.map((norm) => sigma * norm),
    values.map((value) => value / largest),
    line,
    "%{x:.3f}",
    { fill: "tozeroy", fillcolor: `${line.color}33` },
  );
}
