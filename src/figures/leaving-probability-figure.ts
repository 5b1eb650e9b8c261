import type { Data } from "plotly.js-dist";
import { worstCaseProbability } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { withSlider } from "./slider";

/** The arguments of {@link leavingProbabilityFigure}. */
export interface LeavingProbabilityFigureOptions {
  /** What the horizontal axis shows: a/s0, or s1/s0. The slider changes the other one. */
  readonly along: "distance" | "ratio";
  /** From where to where, on the horizontal axis. */
  readonly range: readonly [number, number];
  /** Positions of the slider. */
  readonly slider: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** N, one curve for each; at most five. */
  readonly dimensions: readonly number[];
  readonly pA: number;
}

/**
 * ξ, the largest probability of leaving class A, against the distance or against s1/s0, one curve for each number of
 * dimensions, with a slider over the other of the two. Below 1/2, class A is certain to keep the majority.
 */
export function leavingProbabilityFigure(options: LeavingProbabilityFigureOptions): Figure {
  const { along, range, slider, active = 0, dimensions, pA } = options;
  const isDistance = along === "distance";
  const values = isDistance ? linear(range[0], range[1], 121) : denseAroundOne(range);
  const curve = (
    dimension: number,
    ratio: (x: number) => number,
    distance: (x: number) => number,
  ): number[] =>
    rounded(
      values.map((x) =>
        worstCaseProbability({ dimension, sigma0: 1, sigma1: ratio(x), distance: distance(x), pA }),
      ),
    );
  const x = rounded(values);

  const half: Data = {
    type: "scatter",
    mode: "lines",
    name: "½: majority lost",
    x: [...range],
    y: [0.5, 0.5],
    line: { color: COLORS.reference, width: 1, dash: "dot" },
    hoverinfo: "skip",
  };
  const constant: Data = {
    type: "scatter",
    mode: "lines",
    name: "σ₁ = σ₀, any N",
    x,
    y: isDistance
      ? curve(
          1,
          () => 1,
          (a) => a,
        )
      : [],
    line: { color: COLORS.constant, width: 2, dash: "dash" },
  };
  return withSlider({
    prefix: isDistance ? "σ₁/σ₀ = " : "distance ‖x₁ − x₀‖ / σ₀ = ",
    active,
    shared: isDistance ? [half, constant] : [half],
    steps: slider.map((other) => ({
      label: String(other),
      title: `Largest probability ξ of leaving class A, p<sub>A</sub> = ${pA}, ${isDistance ? `σ₁/σ₀ = ${other}` : `distance ${other} σ₀`}`,
      traces: dimensions.map((dimension, i) => ({
        type: "scatter",
        mode: "lines",
        name: `N = ${dimension}`,
        x,
        y: isDistance
          ? curve(
              dimension,
              () => other,
              (a) => a,
            )
          : curve(
              dimension,
              (ratio) => ratio,
              () => other,
            ),
        line: { color: COLORS.series[i % COLORS.series.length], width: 2 },
        hovertemplate: "%{x:.4f}: ξ = %{y:.3f}",
      })),
    })),
    layout: {
      xaxis: {
        title: {
          text: isDistance ? "distance ‖x₁ − x₀‖, in units of σ<sub>0</sub>" : "σ<sub>1</sub>/σ<sub>0</sub>",
        },
        range: [...range],
      },
      yaxis: { title: { text: "ξ" }, range: [0, 1.02] },
    },
  });
}

/** Ratios from `low` < 1 to `high` > 1, closer to each other around 1, where large N have all their change. */
function denseAroundOne([low, high]: readonly [number, number]): number[] {
  return linear(-1, 1, 201).map((t) => 1 + (t < 0 ? low - 1 : high - 1) * Math.abs(t) ** 2.5);
}
