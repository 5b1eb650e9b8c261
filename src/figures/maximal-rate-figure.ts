import type { Data } from "plotly.js-dist";
import { maximalRate } from "../certificates/maximal-rate";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { logarithmic, rounded } from "./grid";
import { dimensionMarks } from "./marks";
import { withSlider } from "./slider";

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

/** The largest rate r that loses at most a given share of Cohen's radius, against N, with a slider over σ(x0). */
export function maximalRateFigure({ losses, sigmas, active = 0, marks }: MaximalRateFigureOptions): Figure {
  const dimensions = logarithmic(1, 1e6, 25).map(Math.round);
  return withSlider({
    prefix: "σ(x₀) = ",
    active,
    steps: sigmas.map((sigma) => ({
      label: String(sigma),
      title: `Largest rate r for a tolerated loss of radius, σ(x₀) = ${sigma}, p<sub>A</sub> = 0.99`,
      traces: losses.map((loss, i): Data => ({
        type: "scatter",
        mode: "lines",
        name: `loss ${+(100 * loss).toPrecision(6)} %`,
        x: dimensions,
        y: rounded(dimensions.map((dimension) => maximalRate({ dimension, sigma, loss, pA: 0.99 }))),
        line: { color: COLORS.series[i % COLORS.series.length], width: 2 },
        hovertemplate: "N = %{x}: r = %{y:.3g}",
      })),
    })),
    layout: {
      xaxis: { title: { text: "input dimensions N" }, type: "log", dtick: 1 },
      yaxis: {
        title: { text: "rate r, per unit of l<sub>2</sub> distance", standoff: 12 },
        type: "log",
        dtick: 1,
        exponentformat: "power",
      },
      ...dimensionMarks(marks),
    },
  });
}
