import type { Data } from "plotly.js-dist";
import { certifiedRadius } from "../certificates/certified-radius";
import { worstCaseProbability } from "../certificates/worst-case";
import type { RadiusSetting } from "./certified-radius-figure";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { CONSTANT, curve, dots, INPUT_DEPENDENT, type LineStyle, MAJORITY } from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { P_A } from "./theme";
import { countText } from "../numerics/count-text";
import { shownDown } from "../numerics/rounded-down";

/** The arguments of {@link radiusConditionFigure}. */
export interface RadiusConditionFigureOptions extends Omit<RadiusSetting, "rate">, SliderStart {
  /** The values of r, which are the positions of the slider. */
  readonly rates: readonly number[];
}

/**
 * Shows how the certified radius arises. Draws ξ at distance R for the smallest and the largest σ that an
 * r-semi-elastic function may have at this distance, s0 exp(−rR) and s0 exp(+rR). The certified radius is the smallest
 * R at which one of the two curves reaches 1/2. A slider changes r.
 *
 * @example
 * const figure = radiusConditionFigure({ dimension: 3072, sigma: 0.5, pA: 0.99, rates: [0.005, 0.01, 0.02] });
 */
export function radiusConditionFigure(options: RadiusConditionFigureOptions): Figure {
  const { dimension, sigma, pA, rates, active } = options;
  const { cohen } = certifiedRadius({ dimension, sigma, rate: 0, pA });
  const end = 1.1 * cohen;
  const xi = (name: string, rate: number, line: LineStyle): Data => {
    const leaving = (distance: number): number => {
      const sigma1 = sigma * Math.exp(rate * distance);
      return worstCaseProbability({ dimension, sigma0: sigma, sigma1, distance, pA });
    };
    return curve(name, linear(0, end, 111), leaving, line, { hover: "%{x:.4f}: ξ = %{y:.4f}" });
  };
  const radiusAt = (name: string, at: number, color: string): Data =>
    dots(name, [at], [0.5], { color, size: 10, symbol: "diamond" }, { hover: shownDown(at) });
  return withSlider({
    prefix: "r = ",
    positions: rates,
    active,
    shared: [xi("constant σ", 0, CONSTANT), radiusAt("Cohen's radius", cohen, COLORS.constant)],
    at: (rate) => {
      const { radius } = certifiedRadius({ dimension, sigma, rate, pA });
      return {
        title: `Certified radius ${shownDown(radius)} at r = ${rate}, N = ${countText(dimension)}, σ(x₀) = ${sigma}, ${P_A} = ${pA}`,
        traces: [
          xi("ξ<sub>&lt;</sub>: σ grows", rate, INPUT_DEPENDENT),
          xi("ξ<sub>&gt;</sub>: σ shrinks", -rate, { color: COLORS.worstCase, dash: "dot", width: 3 }),
          radiusAt("certified radius", radius, COLORS.inputDependent),
        ],
      };
    },
    x: { title: "distance R from x<sub>0</sub> (l<sub>2</sub>, pixels in [0, 1])", range: [0, end] },
    y: { title: "largest probability ξ of leaving A", range: [0, 1.02] },
    layout: { shapes: [MAJORITY] },
  });
}
