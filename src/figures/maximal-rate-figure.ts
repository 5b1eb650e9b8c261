import { maximalRate } from "../certificates/maximal-rate";
import type { Figure } from "./figure";
import { logarithmic } from "./grid";
import { curve, namedLines, seriesColor } from "./marks";
import { withSlider } from "./slider";
import { DIMENSION_AXIS } from "./theme";

/** The arguments of {@link maximalRateFigure}. */
export interface MaximalRateFigureOptions {
  /** Tolerated losses of radius against Cohen's, one curve for each; at most five. */
  readonly losses: readonly number[];
  /** σ(x0), the positions of the slider. */
  readonly sigmas: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** Dimensions to mark, by name. */
  readonly marks: Readonly<Record<string, number>>;
}

/**
 * The largest rate r that loses at most a given share of Cohen's radius, against N, with a slider over σ(x0).
 *
 * @example
 * const marks = { MNIST: 784, "CIFAR-10": 3072 };
 * const figure = maximalRateFigure({ losses: [0.01, 0.05], sigmas: [0.25, 0.5], marks });
 */
export function maximalRateFigure({ losses, sigmas, active, marks }: MaximalRateFigureOptions): Figure {
  const dimensions = logarithmic(1, 1e6, 25).map(Math.round);
  const rate = (loss: number, sigma: number): number[] =>
    dimensions.map((dimension) => maximalRate({ dimension, sigma, loss, pA: 0.99 }));
  return withSlider({
    prefix: "σ(x₀) = ",
    active,
    steps: sigmas.map((sigma) => ({
      label: String(sigma),
      title: `Largest rate r for a tolerated loss of radius, σ(x₀) = ${sigma}, p<sub>A</sub> = 0.99`,
      traces: losses.map((loss, i) => {
        const name = `loss ${+(100 * loss).toPrecision(6)} %`;
        return curve(
          name,
          dimensions,
          rate(loss, sigma),
          { color: seriesColor(i) },
          "N = %{x}: r = %{y:.3g}",
        );
      }),
    })),
    x: DIMENSION_AXIS,
    y: {
      title: "rate r (per unit of l<sub>2</sub> distance)",
      type: "log",
      dtick: 1,
    },
    layout: namedLines(marks, { isLog: true }),
  });
}
