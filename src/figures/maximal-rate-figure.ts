import { maximalRate } from "../certificates/maximal-rate";
import type { Figure } from "./figure";
import { logarithmic } from "./grid";
import { curve, namedLines, seriesColor } from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { DIMENSION_AXIS, P_A, RATE_AXIS } from "./theme";

/** The arguments of {@link maximalRateFigure}. */
export interface MaximalRateFigureOptions extends SliderStart {
  /** The tolerated losses, as shares of Cohen's radius; at most five. The figure has one curve for each loss. */
  readonly losses: readonly number[];
  /** The values of σ(x0), which are the positions of the slider. */
  readonly sigmas: readonly number[];
  /** The dimensions to mark, by name. */
  readonly marks: Readonly<Record<string, number>>;
}

/**
 * Shows how the largest rate r that loses at most a given share of Cohen's radius depends on N. A slider changes
 * σ(x0).
 *
 * @example
 * const marks = { MNIST: 784, "CIFAR-10": 3072 };
 * const figure = maximalRateFigure({ losses: [0.01, 0.05], sigmas: [0.25, 0.5], marks });
 */
export function maximalRateFigure({ losses, sigmas, active, marks }: MaximalRateFigureOptions): Figure {
  const dimensions = logarithmic(1, 1e6, 25).map(Math.round);
  return withSlider({
    prefix: "σ(x₀) = ",
    positions: sigmas,
    active,
    at: (sigma) => ({
      title: `Largest rate r for a tolerated loss of radius, σ(x₀) = ${sigma}, ${P_A} = 0.99`,
      traces: losses.map((loss, i) => {
        const name = `loss ${+(100 * loss).toPrecision(6)} %`;
        const rate = (dimension: number): number => maximalRate({ dimension, sigma, loss, pA: 0.99 });
        return curve(name, dimensions, rate, { color: seriesColor(i) }, { hover: "N = %{x}: r = %{y:.3g}" });
      }),
    }),
    x: DIMENSION_AXIS,
    y: RATE_AXIS,
    layout: namedLines(marks, { isLog: true }),
  });
}
