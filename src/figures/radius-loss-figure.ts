import { approximateShare } from "../certificates/approximate-radius";
import { certifiedRadius } from "../certificates/certified-radius";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { logarithmic } from "./grid";
import { curve, dots, seriesColor } from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { P_A } from "./theme";
import { countText } from "../numerics/count-text";

/** The arguments of {@link radiusLossFigure}. */
export interface RadiusLossFigureOptions extends SliderStart {
  /** The values of N, at most five. The figure has one set of points for each value. */
  readonly dimensions: readonly number[];
  /** The values of p_A, which are the positions of the slider. */
  readonly confidences: readonly number[];
}

const SYMBOLS = ["circle", "square", "diamond", "cross", "triangle-up"] as const;

/**
 * Draws the certified radius as a share of Cohen's radius against N r² s0², together with the closed form 1/sqrt(1 + 2
 * N r² s0²). A slider changes p_A.
 *
 * @example
 * const figure = radiusLossFigure({ dimensions: [784, 3072], confidences: [0.9, 0.99] });
 */
export function radiusLossFigure({ dimensions, confidences, active }: RadiusLossFigureOptions): Figure {
  const [products, points] = [61, 25].map((many) => logarithmic(1e-3, 1e3, many));
  const closedForm = (product: number): number =>
    approximateShare({ dimension: 1, sigma: 1, rate: Math.sqrt(product) });
  return withSlider({
    prefix: `${P_A} = `,
    positions: confidences,
    active,
    shared: [curve("1/√(1 + 2Nr²σ²)", products, closedForm, { color: COLORS.reference, width: 1.5 })],
    at: (pA) => ({
      title: `Certified radius as a share of Cohen's, ${P_A} = ${pA}`,
      traces: dimensions.map((dimension, i) => {
        const shares = points.map((product) => {
          const rate = Math.sqrt(product / dimension);
          const { radius, cohen } = certifiedRadius({ dimension, sigma: 1, rate, pA });
          return radius / cohen;
        });
        const hover = "N r² σ² = %{x:.3g}: %{y:.4f}";
        const symbol = SYMBOLS[i % SYMBOLS.length];
        const marker = { color: seriesColor(i), size: 8, symbol, line: { color: "#ffffff", width: 0.5 } };
        return dots(`N = ${countText(dimension)}`, points, shares, marker, { hover });
      }),
    }),
    x: { title: "N r² σ(x<sub>0</sub>)²", type: "log", dtick: 1 },
    y: { title: "certified radius / Cohen's radius", range: [0, 1.03] },
  });
}
