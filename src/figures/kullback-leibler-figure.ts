import type { Data } from "plotly.js-dist";
import { worstCaseProbability } from "../certificates/worst-case";
import { normalCdf, normalQuantile } from "../probability/normal";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { majorityLine } from "./marks";
import { withSlider } from "./slider";

/** The arguments of {@link kullbackLeiblerFigure}. */
export interface KullbackLeiblerFigureOptions {
  readonly pA: number;
  /** N, the positions of the slider. */
  readonly dimensions: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
}

/**
 * ξ against the Kullback-Leibler divergence KL(P1‖P0) of the noise at x1 from that at x0, for noise that differs in
 * its mean (constant σ), or in its scale: Gaussian that shrinks or grows, uniform in a ball or cube that shrinks.
 * With k = KL(P1‖P0) and z = Φ⁻¹(p_A):
 *
 * - shifted Gaussian: ξ = Φ(sqrt(2k) − z), in any dimension;
 * - Gaussian of other scale u = s1²/s0²: k = N/2 (u − 1 − ln u), ξ(0) from {@link worstCaseProbability};
 * - shrinking uniform: P1/P0 is constant, exp(k), and ξ = min(1, p_B exp(k));
 * - no noise whatever is above the curve k = ξ ln(ξ/p_B) + (1 − ξ) ln((1 − ξ)/p_A).
 *
 * Marked are k = ln(1/(4 p_A p_B))/2, below which every noise keeps the majority, k = z²/2 where shifted Gaussians
 * lose it, and k = ln(1/p_B).
 */
export function kullbackLeiblerFigure(options: KullbackLeiblerFigureOptions): Figure {
  const { pA, dimensions, active = 0 } = options;
  const pB = 1 - pA;
  const z = normalQuantile(pA);
  const most = 2 * Math.log(1 / pB);
  const curve = (name: string, x: number[], y: number[], line: object): Data => ({
    type: "scatter",
    mode: "lines",
    name,
    x: rounded(x),
    y: rounded(y),
    line: { width: 2, ...line },
    hovertemplate: "KL %{x:.3f}: ξ = %{y:.3f}",
  });

  const divergences = linear(0, most, 161);
  const levels = linear(pB, 1, 161);
  const bound = levels.map((xi) => binaryDivergence(xi, pB));
  const shared = [
    curve("no noise is above", [...bound, most], [...levels, 1], {
      color: COLORS.reference,
    }),
    curve(
      "Gaussian, shifted, any N",
      divergences,
      divergences.map((k) => normalCdf(Math.sqrt(2 * k) - z)),
      {
        color: COLORS.constant,
        dash: "dash",
      },
    ),
    curve(
      "uniform, shrinking, any N",
      divergences,
      divergences.map((k) => Math.min(1, pB * Math.exp(k))),
      {
        color: COLORS.series[1],
        dash: "dashdot",
      },
    ),
  ];
  const marks = {
    "½ ln 1/(4p<sub>A</sub>p<sub>B</sub>)": Math.log(1 / (4 * pA * pB)) / 2,
    "z²/2": (z * z) / 2,
    "ln 1/p<sub>B</sub>": Math.log(1 / pB),
  };
  return withSlider({
    prefix: "N = ",
    active,
    shared,
    steps: dimensions.map((dimension) => ({
      label: String(dimension),
      title: `ξ against KL(P₁‖P₀), p<sub>A</sub> = ${pA}, N = ${dimension}`,
      traces: ([-1, 1] as const).map((side) => {
        const points = scaled(dimension, side, most);
        return curve(
          side < 0 ? "Gaussian, σ₁ < σ₀" : "Gaussian, σ₁ > σ₀",
          points.map(({ divergence }) => divergence),
          points.map(({ ratio: sigma1 }) =>
            worstCaseProbability({ dimension, sigma0: 1, sigma1, distance: 0, pA }),
          ),
          side < 0 ? { color: COLORS.worstCase } : { color: COLORS.inputDependent, dash: "dot", width: 3 },
        );
      }),
    })),
    layout: {
      xaxis: { title: { text: "KL(P<sub>1</sub>‖P<sub>0</sub>), nats" }, range: [0, most] },
      yaxis: { title: { text: "ξ" }, range: [0, 1.08] },
      shapes: [
        ...Object.values(marks).map((k) => ({
          ...majorityLine(),
          xref: "x" as const,
          x0: k,
          x1: k,
          y0: 0,
          y1: 1,
        })),
        majorityLine(),
      ],
      annotations: Object.entries(marks).map(([text, x]) => ({
        text,
        x,
        y: 1.08,
        yanchor: "top",
        showarrow: false,
        font: { size: 11 },
      })),
    },
  });
}

/** Ratios s1/s0 on one side of 1, with the divergence of their Gaussians, from 0 to `most`. */
function scaled(dimension: number, side: -1 | 1, most: number): { ratio: number; divergence: number }[] {
  const divergence = (t: number): number => (dimension / 2) * (Math.expm1(2 * side * t) - 2 * side * t);
  let end = 1e-4;
  while (divergence(end) < most) end *= 1.02;
  return linear(0, end, 121).map((t) => ({ ratio: Math.exp(side * t), divergence: divergence(t) }));
}

/** The divergence of a coin with probability p from one with probability q. */
function binaryDivergence(p: number, q: number): number {
  const term = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));
  return term(p, q) + term(1 - p, 1 - q);
}
