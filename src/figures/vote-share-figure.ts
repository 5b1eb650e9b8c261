import type { Data } from "plotly.js-dist";
import { certifiedRadius } from "../certificates/certified-radius";
import { worstCaseRegion, type WorstCaseRegion } from "../certificates/worst-case";
import { shownDown } from "../numerics/rounded-down";
import { normalCdf } from "../probability/normal";
import { noncentralChiSquared } from "../probability/noncentral-chi-squared";
import type { RadiusSetting } from "./certified-radius-figure";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { CONSTANT, curve, dots, INPUT_DEPENDENT, MAJORITY, verticals } from "./marks";
import { type SliderStart, withSlider } from "./slider";

/** The result of a count of votes. */
export interface CountedVote {
  /** The distance from x0 along the line to x1. */
  readonly distance: number;
  /** The share of votes for class A, in [0, 1]. */
  readonly share: number;
}

/** The arguments of {@link voteShareFigure}. */
export interface VoteShareFigureOptions extends Omit<RadiusSetting, "rate">, SliderStart {
  /** The distance a = ‖x1 − x0‖. */
  readonly distance: number;
  /** The ratios σ(x1)/σ(x0), which are the positions of the slider. */
  readonly ratios: readonly number[];
  /** Counted votes, by the ratio σ(x1)/σ(x0) to which they belong. */
  readonly counted?: ReadonlyMap<number, readonly CountedVote[]>;
}

/** The mark for counted votes. */
const CROSS = {
  color: COLORS.reference,
  size: 8,
  symbol: "x-thin",
  line: { color: COLORS.reference, width: 2 },
};

/**
 * Draws the share of class A among the votes of the worst-case base classifier for x0 and x1, on the line from x0
 * through x1. The base classifier is smoothed with constant σ and with σ(x) = s0 exp(ρ t), where t is the distance from
 * x0, and ρ is chosen to give the selected ratio σ(x1)/σ(x0). Cohen's radius and the radius certified at rate r = |ρ|
 * are marked.
 *
 * @example
 * const figure = voteShareFigure({ dimension: 3072, sigma: 0.5, pA: 0.99, distance: 0.5, ratios: [0.96, 1, 1.04] });
 */
export function voteShareFigure(options: VoteShareFigureOptions): Figure {
  const { dimension, sigma, pA, distance, ratios, active, counted } = options;
  const { cohen } = certifiedRadius({ dimension, sigma, rate: 0, pA });
  const end = 1.15 * Math.max(cohen, distance);
  const positions = linear(0, end, 116);
  const radiusAt = (name: string, at: number, color: string): Data =>
    verticals(name, [at], 1, { color, dash: "dot" }, { hover: `${name} ${shownDown(at)}<extra></extra>` });
  const hover = "%{x:.3f}: %{y:.3f}";
  return withSlider({
    prefix: "σ(x₁)/σ(x₀) = ",
    positions: ratios,
    active,
    shared: [radiusAt("Cohen's radius", cohen, COLORS.constant)],
    at: (ratio) => {
      const region = worstCaseRegion({ dimension, sigma0: sigma, sigma1: ratio * sigma, distance, pA });
      const growth = Math.log(ratio) / distance;
      const { radius } = certifiedRadius({ dimension, sigma, rate: Math.abs(growth), pA });
      const share = (rho: number) => (t: number) =>
        1 - probability(region, dimension, t, sigma * Math.exp(rho * t));
      const votes = counted?.get(ratio) ?? [];
      const [at, shares] = [votes.map((vote) => vote.distance), votes.map((vote) => vote.share)];
      return {
        title: `Votes for A in the worst case at σ(x₁)/σ(x₀) = ${ratio}: ${region.kind}`,
        traces: [
          radiusAt("certified radius, r = |ρ|", radius, COLORS.inputDependent),
          curve("constant σ", positions, share(0), CONSTANT, { hover }),
          curve("σ(x)", positions, share(growth), INPUT_DEPENDENT, { hover }),
          dots("σ(x), counted", at, shares, CROSS, { hover }),
        ],
      };
    },
    x: {
      title: "distance from x<sub>0</sub> toward x<sub>1</sub> (l<sub>2</sub>, pixels in [0, 1])",
      range: [0, end],
    },
    y: { title: "share of votes for A", range: [0, 1.02] },
    layout: { shapes: [MAJORITY] },
  });
}

/** Computes the probability of a region under N(x, σ² I), where x is at `position` on the line from x0 through x1. */
function probability(region: WorstCaseRegion, dimension: number, position: number, sigma: number): number {
  if (region.kind === "half-space") return normalCdf((position - region.offset) / sigma);
  const { cdf, sf } = noncentralChiSquared;
  const [squaredRadius, noncentrality] = [region.radius, position - region.center].map(
    (l) => (l / sigma) ** 2,
  );
  return (region.kind === "ball" ? cdf : sf)(squaredRadius, dimension, noncentrality);
}
