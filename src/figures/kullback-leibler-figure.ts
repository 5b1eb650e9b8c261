import {
  coinDivergence,
  divergenceThresholds,
  scaleDivergence,
  xiOfShift,
  xiOfShrinkingUniform,
} from "../certificates/kullback-leibler";
import { worstCaseProbability } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { CONSTANT, curve, INPUT_DEPENDENT, MAJORITY, namedLines } from "./marks";
import { withSlider } from "./slider";
import { count } from "./theme";

/** The arguments of {@link kullbackLeiblerFigure}. */
export interface KullbackLeiblerFigureOptions {
  /** p_A, above 1/2. */
  readonly pA: number;
  /** N, the positions of the slider. */
  readonly dimensions: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
}

/**
 * ξ against the Kullback-Leibler divergence KL(P1‖P0) of the noise at x1 from that at x0, for noise that differs in
 * its mean (constant σ), or in its scale: Gaussian that shrinks or grows, uniform in a ball or cube that shrinks.
 * No noise whatever is above the first curve, and the divergences at which ξ may reach 1/2 are marked.
 *
 * @example
 * const figure = kullbackLeiblerFigure({ pA: 0.99, dimensions: [2, 784, 3072] });
 */
export function kullbackLeiblerFigure(options: KullbackLeiblerFigureOptions): Figure {
  const { pA, dimensions, active } = options;
  const pB = 1 - pA;
  const { kept, shifted, lost } = divergenceThresholds(pA);
  const most = 2 * lost;
  const hover = "KL %{x:.3f}: ξ = %{y:.3f}";
  const divergences = linear(0, most, 161);
  const along = (xi: (divergence: number, pA: number) => number): number[] =>
    divergences.map((k) => xi(k, pA));
  const levels = linear(pB, 1, 161);
  const bound = levels.map((xi) => coinDivergence(xi, pB));
  const thresholds = {
    "½ ln 1/(4p<sub>A</sub>p<sub>B</sub>)": kept,
    "z²/2": shifted,
    "ln 1/p<sub>B</sub>": lost,
  };
  const lines = namedLines(thresholds, { dash: "dot" });
  return withSlider({
    prefix: "N = ",
    active,
    shared: [
      curve("no noise is above", [...bound, most], [...levels, 1], { color: COLORS.reference }, hover),
      curve("Gaussian, shifted, any N", divergences, along(xiOfShift), CONSTANT, hover),
      curve(
        "uniform, shrinking, any N",
        divergences,
        along(xiOfShrinkingUniform),
        { color: COLORS.series[1], dash: "dashdot" },
        hover,
      ),
    ],
    steps: dimensions.map((dimension) => ({
      label: count(dimension),
      title: `ξ against KL(P₁‖P₀), p<sub>A</sub> = ${pA}, N = ${count(dimension)}`,
      traces: ([-1, 1] as const).map((side) => {
        const points = scaled(dimension, side, most);
        return curve(
          side < 0 ? "Gaussian, σ₁ < σ₀" : "Gaussian, σ₁ > σ₀",
          points.map(({ divergence }) => divergence),
          points.map(({ ratio: sigma1 }) =>
            worstCaseProbability({ dimension, sigma0: 1, sigma1, distance: 0, pA }),
          ),
          side < 0 ? { color: COLORS.worstCase } : { ...INPUT_DEPENDENT, dash: "dot", width: 3 },
          hover,
        );
      }),
    })),
    x: { title: "KL(P<sub>1</sub>‖P<sub>0</sub>) (nats)", range: [0, most] },
    y: { title: "ξ", range: [0, 1.2] },
    layout: { ...lines, shapes: [...(lines.shapes ?? []), MAJORITY] },
  });
}

/** Ratios s1/s0 on one side of 1, with the divergence of their Gaussians, from 0 to `most`. */
function scaled(dimension: number, side: -1 | 1, most: number): { ratio: number; divergence: number }[] {
  const divergence = (t: number): number => scaleDivergence(dimension, side * t);
  let end = 1e-4;
  while (divergence(end) < most) end *= 1.02;
  return linear(0, end, 121).map((t) => ({ ratio: Math.exp(side * t), divergence: divergence(t) }));
}
