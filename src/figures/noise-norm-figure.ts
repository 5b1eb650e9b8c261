import type { Data } from "plotly.js-dist";
import { worstCaseProbability } from "../certificates/worst-case";
import { noncentralChiSquared } from "../probability/noncentral-chi-squared";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { withSlider } from "./slider";

/** The arguments of {@link noiseNormFigure}. */
export interface NoiseNormFigureOptions {
  /** s1/s0. */
  readonly ratio: number;
  readonly pA: number;
  /** N, the positions of the slider. */
  readonly dimensions: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
}

/**
 * How long the noise is: the density of ‖e‖ / (s0 √N) for e ~ N(0, s0² I) and for e ~ N(0, s1² I), each scaled to
 * height 1, with a slider over N. The norm squared follows a chi-squared distribution.
 */
export function noiseNormFigure({ ratio, pA, dimensions, active = 0 }: NoiseNormFigureOptions): Figure {
  return withSlider({
    prefix: "N = ",
    active,
    steps: dimensions.map((dimension) => {
      const xi = worstCaseProbability({ dimension, sigma0: 1, sigma1: ratio, distance: 0, pA });
      return {
        label: String(dimension),
        title: `Length of the noise, N = ${dimension}: ξ(0) = ${xi.toFixed(3)} at σ₁/σ₀ = ${ratio}, p<sub>A</sub> = ${pA}`,
        traces: [
          density(dimension, 1, "σ₀", COLORS.constant),
          density(dimension, ratio, "σ₁", COLORS.inputDependent),
        ],
      };
    }),
    layout: {
      xaxis: { title: { text: "‖e‖ / (σ<sub>0</sub> √N)" }, range: [0.6, 1.45] },
      yaxis: { title: { text: "density, highest = 1" }, range: [0, 1.05] },
    },
  });
}

function density(dimension: number, sigma: number, name: string, color: string): Data {
  const width = 6 / Math.sqrt(2 * dimension);
  const norms = linear(Math.max(0.001, 1 - width), 1 + width, 161);
  const values = norms.map((norm) => norm * noncentralChiSquared.pdf(norm * norm * dimension, dimension, 0));
  const largest = Math.max(...values);
  return {
    type: "scatter",
    mode: "lines",
    name: `noise of ${name}`,
    x: rounded(norms.map((norm) => sigma * norm)),
    y: rounded(values.map((value) => value / largest)),
    fill: "tozeroy",
    fillcolor: `${color}33`,
    line: { color, width: 2, dash: sigma === 1 ? "dash" : "solid" },
    hovertemplate: "%{x:.3f}",
  };
}
