import type { Data } from "plotly.js-dist";
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
import {
  CONSTANT,
  curve,
  INPUT_DEPENDENT,
  type LineStyle,
  MAJORITY,
  namedLines,
  path,
  type Point,
} from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { P_A } from "./theme";
import { countText } from "../numerics/count-text";

/** The arguments of {@link kullbackLeiblerFigure}. */
export interface KullbackLeiblerFigureOptions extends SliderStart {
  /** p_A, which must be above 1/2. */
  readonly pA: number;
  /** The values of N, which are the positions of the slider. */
  readonly dimensions: readonly number[];
}

/**
 * Draws ξ against the Kullback-Leibler divergence KL(P1‖P0) of the noise at x1 from the noise at x0. The noise at x1
 * differs from the noise at x0 in its mean (constant σ) or in its scale: either Gaussian noise shrinks or grows, or
 * uniform noise in a ball or cube shrinks. The first curve is an upper bound for noise of any kind. The divergences at
 * which ξ may reach 1/2 are marked.
 *
 * @example
 * const figure = kullbackLeiblerFigure({ pA: 0.99, dimensions: [2, 784, 3072] });
 */
export function kullbackLeiblerFigure({ pA, dimensions, active }: KullbackLeiblerFigureOptions): Figure {
  const { kept, shifted, lost } = divergenceThresholds(pA);
  const end = 2 * lost;
  const divergences = linear(0, end, 161);
  const levels = linear(1 - pA, 1, 161);
  const bound = levels.map((xi) => coinDivergence(xi, 1 - pA));
  const hover = "KL %{x:.3f}: ξ = %{y:.3f}";
  const scaled = (name: string, dimension: number, side: -1 | 1, line: LineStyle): Data => {
    const changes = scales(dimension, side, end);
    const points = changes.map((change): Point => {
      const setting = { dimension, sigma0: 1, sigma1: Math.exp(change), distance: 0, pA };
      return [scaleDivergence(dimension, change), worstCaseProbability(setting)];
    });
    return path(name, points, line, { hover });
  };
  const uniform = { color: COLORS.series[1], dash: "dashdot" } as const;
  const places = {
    "½ ln 1/(4p<sub>A</sub>p<sub>B</sub>)": kept,
    "z²/2": shifted,
    "ln 1/p<sub>B</sub>": lost,
  };
  const { shapes, annotations } = namedLines(places, { dash: "dot" });
  return withSlider({
    prefix: "N = ",
    positions: dimensions,
    active,
    shared: [
      curve("bound for any noise", [...bound, end], [...levels, 1], { color: COLORS.reference }, { hover }),
      curve("Gaussian, shifted, any N", divergences, (k) => xiOfShift(k, pA), CONSTANT, { hover }),
      curve("uniform, shrinking, any N", divergences, (k) => xiOfShrinkingUniform(k, pA), uniform, { hover }),
    ],
    at: (dimension) => ({
      title: `ξ against KL(P₁‖P₀), ${P_A} = ${pA}, N = ${countText(dimension)}`,
      traces: [
        scaled("Gaussian, σ₁ < σ₀", dimension, -1, { color: COLORS.worstCase }),
        scaled("Gaussian, σ₁ > σ₀", dimension, 1, { ...INPUT_DEPENDENT, dash: "dot", width: 3 }),
      ],
    }),
    x: { title: "KL(P<sub>1</sub>‖P<sub>0</sub>) (nats)", range: [0, end] },
    y: { title: "ξ", range: [0, 1.3] },
    layout: { shapes: [...shapes, MAJORITY], annotations },
  });
}

/** Returns values of ln(s1/s0) on one side of 0, up to the value at which the divergence of the Gaussians is `most`. */
function scales(dimension: number, side: -1 | 1, most: number): number[] {
  let end = 1e-4;
  while (scaleDivergence(dimension, side * end) < most) end *= 1.02;
  return linear(0, side * end, 121);
}
