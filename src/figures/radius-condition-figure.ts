import type { Data } from "plotly.js-dist";
import { certifiedRadius } from "../certificates/certified-radius";
import { worstCaseProbability } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import type { RadiusSetting } from "./certified-radius-figure";
import { linear } from "./grid";
import { CONSTANT, curve, dots, INPUT_DEPENDENT, type LineStyle, MAJORITY } from "./marks";
import { withSlider } from "./slider";
import { count } from "./theme";

/** The arguments of {@link radiusConditionFigure}. */
export interface RadiusConditionFigureOptions extends Omit<RadiusSetting, "rate"> {
  /** r, the positions of the slider. */
  readonly rates: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
}

/**
 * How the certified radius comes about: ξ at distance R for the smallest and for the largest σ that an r-semi-elastic
 * function may have there, s0 exp(−rR) and s0 exp(+rR), with the certified radius where the first of them reaches
 * 1/2. A slider changes r.
 *
 * @example
 * const figure = radiusConditionFigure({ dimension: 3072, sigma: 0.5, pA: 0.99, rates: [0.005, 0.01, 0.02] });
 */
export function radiusConditionFigure(options: RadiusConditionFigureOptions): Figure {
  const { dimension, sigma, pA, rates, active } = options;
  const { cohen } = certifiedRadius({ dimension, sigma, rate: 0, pA });
  const distances = linear(0, 1.1 * cohen, 111);
  const xi = (name: string, rate: number, line: LineStyle): Data => {
    const values = distances.map((distance) => {
      const sigma1 = sigma * Math.exp(rate * distance);
      return worstCaseProbability({ dimension, sigma0: sigma, sigma1, distance, pA });
    });
    return curve(name, distances, values, line, "%{x:.4f}: ξ = %{y:.4f}");
  };
  const radiusAt = (name: string, at: number, color: string): Data =>
    dots(name, [at], [0.5], { color, size: 10, symbol: "diamond" }, "%{x:.4f}");
  return withSlider({
    prefix: "r = ",
    active,
    shared: [xi("constant σ", 0, CONSTANT), radiusAt("Cohen's radius", cohen, COLORS.constant)],
    steps: rates.map((rate) => {
      const { radius } = certifiedRadius({ dimension, sigma, rate, pA });
      return {
        label: String(rate),
        title: `Radius ${radius.toFixed(4)} at r = ${rate}; N = ${count(dimension)}, σ(x₀) = ${sigma}, p<sub>A</sub> = ${pA}`,
        traces: [
          xi("ξ<sub>&lt;</sub>: σ grows", rate, INPUT_DEPENDENT),
          xi("ξ<sub>&gt;</sub>: σ shrinks", -rate, { color: COLORS.worstCase, dash: "dot", width: 3 }),
          radiusAt("certified radius", radius, COLORS.inputDependent),
        ],
      };
    }),
    x: { title: "distance R from x<sub>0</sub> (l<sub>2</sub>, pixels in [0, 1])", range: [0, 1.1 * cohen] },
    y: { title: "largest probability ξ of leaving A", range: [0, 1.02] },
    layout: { shapes: [MAJORITY] },
  });
}
