import type { Data } from "plotly.js-dist";
import { certifiedRadius } from "../certificates/certified-radius";
import { worstCaseProbability } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import type { RadiusSetting } from "./certified-radius-figure";
import { linear, rounded } from "./grid";
import { majorityLine } from "./marks";
import { withSlider } from "./slider";

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
 */
export function radiusConditionFigure(options: RadiusConditionFigureOptions): Figure {
  const { dimension, sigma, pA, rates, active = 0 } = options;
  const { cohen } = certifiedRadius({ dimension, sigma, rate: 0, pA });
  const distances = linear(0, 1.1 * cohen, 111);
  const x = rounded(distances);
  const curve = (name: string, rate: number, line: object): Data => ({
    type: "scatter",
    mode: "lines",
    name,
    x,
    y: rounded(
      distances.map((distance) =>
        worstCaseProbability({
          dimension,
          sigma0: sigma,
          sigma1: sigma * Math.exp(rate * distance),
          distance,
          pA,
        }),
      ),
    ),
    line: { width: 2, ...line },
    hovertemplate: "%{x:.4f}: ξ = %{y:.4f}",
  });
  const dots = (name: string, at: number, color: string): Data => ({
    type: "scatter",
    mode: "markers",
    name,
    x: [at],
    y: [0.5],
    marker: { color, size: 10, symbol: "diamond" },
    hovertemplate: "%{x:.4f}",
  });
  return withSlider({
    prefix: "r = ",
    active,
    shared: [
      curve("constant σ", 0, { color: COLORS.constant, dash: "dash" }),
      dots("Cohen's radius", cohen, COLORS.constant),
    ],
    steps: rates.map((rate) => {
      const { radius } = certifiedRadius({ dimension, sigma, rate, pA });
      return {
        label: String(rate),
        title: `Radius ${radius.toFixed(4)} at r = ${rate}; N = ${dimension}, σ(x₀) = ${sigma}, p<sub>A</sub> = ${pA}`,
        traces: [
          curve("ξ<sub>&lt;</sub>: σ grows", rate, { color: COLORS.inputDependent }),
          curve("ξ<sub>&gt;</sub>: σ shrinks", -rate, { color: COLORS.worstCase, dash: "dot", width: 3 }),
          dots("certified radius", radius, COLORS.inputDependent),
        ],
      };
    }),
    layout: {
      xaxis: {
        title: { text: "distance R from x<sub>0</sub>, l<sub>2</sub>, pixels in [0, 1]" },
        range: [0, 1.1 * cohen],
      },
      yaxis: { title: { text: "largest probability ξ of leaving A" }, range: [0, 1.02] },
      shapes: [majorityLine()],
    },
  });
}
