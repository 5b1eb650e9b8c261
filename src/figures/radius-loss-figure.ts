import type { Data } from "plotly.js-dist";
import { approximateShare } from "../certificates/approximate-radius";
import { certifiedRadius } from "../certificates/certified-radius";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { logarithmic, rounded } from "./grid";
import { withSlider } from "./slider";

/** The arguments of {@link radiusLossFigure}. */
export interface RadiusLossFigureOptions {
  /** N, one set of points for each; at most five. */
  readonly dimensions: readonly number[];
  /** p_A, the positions of the slider. */
  readonly confidences: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
}

const SYMBOLS = ["circle", "square", "diamond", "cross", "triangle-up"] as const;

/**
 * The certified radius as a share of Cohen's, against N r² s0², with the closed form 1/sqrt(1 + 2 N r² s0²). A slider
 * changes p_A.
 */
export function radiusLossFigure({ dimensions, confidences, active = 0 }: RadiusLossFigureOptions): Figure {
  const products = logarithmic(1e-3, 1e3, 61);
  const points = logarithmic(1e-3, 1e3, 25);
  return withSlider({
    prefix: "p<sub>A</sub> = ",
    active,
    shared: [
      {
        type: "scatter",
        mode: "lines",
        name: "1/√(1 + 2Nr²σ²)",
        x: rounded(products),
        y: rounded(
          products.map((product) => approximateShare({ dimension: 1, sigma: 1, rate: Math.sqrt(product) })),
        ),
        line: { color: COLORS.reference, width: 1.5 },
        hoverinfo: "skip",
      },
    ],
    steps: confidences.map((pA) => ({
      label: String(pA),
      title: `Share of Cohen's radius that is left, p<sub>A</sub> = ${pA}`,
      traces: dimensions.map((dimension, i): Data => ({
        type: "scatter",
        mode: "markers",
        name: `N = ${dimension}`,
        x: rounded(points),
        y: rounded(
          points.map((product) => {
            const setting = { dimension, sigma: 1, rate: Math.sqrt(product / dimension), pA };
            const { radius, cohen } = certifiedRadius(setting);
            return radius / cohen;
          }),
        ),
        marker: {
          color: COLORS.series[i % COLORS.series.length],
          size: 8,
          symbol: SYMBOLS[i % SYMBOLS.length],
          line: { color: "#ffffff", width: 0.5 },
        },
        hovertemplate: "N r² σ² = %{x:.3g}: %{y:.4f}",
      })),
    })),
    layout: {
      xaxis: { title: { text: "N r² σ(x<sub>0</sub>)²" }, type: "log", exponentformat: "power", dtick: 1 },
      yaxis: { title: { text: "certified radius / Cohen's radius" }, range: [0, 1.03] },
    },
  });
}
