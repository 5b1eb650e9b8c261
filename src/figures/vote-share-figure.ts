import type { Data } from "plotly.js-dist";
import { certifiedRadius } from "../certificates/certified-radius";
import { worstCaseRegion, type WorstCaseRegion } from "../certificates/worst-case";
import { normalCdf } from "../probability/normal";
import { noncentralChiSquared } from "../probability/noncentral-chi-squared";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import type { RadiusSetting } from "./certified-radius-figure";
import { linear, rounded } from "./grid";
import { majorityLine } from "./marks";
import { withSlider } from "./slider";

/** A vote that was counted. */
export interface CountedVote {
  /** Distance from x0 on the line to x1. */
  readonly distance: number;
  /** Share of the votes for class A, in [0, 1]. */
  readonly share: number;
}

/** The arguments of {@link voteShareFigure}. */
export interface VoteShareFigureOptions extends Omit<RadiusSetting, "rate"> {
  /** a = ‖x1 − x0‖. */
  readonly distance: number;
  /** σ(x1)/σ(x0), the positions of the slider. */
  readonly ratios: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** Votes that were counted, by the ratio that they belong to. */
  readonly counted?: ReadonlyMap<number, readonly CountedVote[]>;
}

/**
 * The share of class A among the votes of the worst-case base classifier for x0 and x1, on the line from x0 through
 * x1, smoothed with σ(x) = s0 exp(ρ t), t being the distance from x0 and ρ such that σ(x1)/σ(x0) is as given, and
 * with constant σ. Marked are Cohen's radius, and the radius that is certified with the rate r = |ρ|.
 */
export function voteShareFigure(options: VoteShareFigureOptions): Figure {
  const { dimension, sigma, pA, distance, ratios, active = 0, counted } = options;
  const { cohen } = certifiedRadius({ dimension, sigma, rate: 0, pA });
  const end = 1.15 * Math.max(cohen, distance);
  const positions = linear(0, end, 116);
  const x = rounded(positions);
  const mark = (name: string, at: number, line: object): Data => ({
    type: "scatter",
    mode: "lines",
    name,
    x: [at, at],
    y: [0, 1],
    line: { width: 1.5, ...line },
    hovertemplate: `${name} %{x:.4f}<extra></extra>`,
  });
  return withSlider({
    prefix: "σ(x₁)/σ(x₀) = ",
    active,
    shared: [mark("Cohen's radius", cohen, { color: COLORS.constant, dash: "dash" })],
    steps: ratios.map((ratio) => {
      const region = worstCaseRegion({ dimension, sigma0: sigma, sigma1: ratio * sigma, distance, pA });
      const growth = Math.log(ratio) / distance;
      const { radius } = certifiedRadius({ dimension, sigma, rate: Math.abs(growth), pA });
      const curve = (name: string, sigmaAt: (t: number) => number, line: object): Data => ({
        type: "scatter",
        mode: "lines",
        name,
        x,
        y: rounded(positions.map((t) => 1 - probability(region, dimension, t, sigmaAt(t)))),
        line: { width: 2, ...line },
        hovertemplate: "%{x:.3f}: %{y:.1%}",
      });
      const votes = counted?.get(ratio) ?? [];
      return {
        label: String(ratio),
        title: `Votes for A, worst case at σ(x₁)/σ(x₀) = ${ratio}: ${region.kind}`,
        traces: [
          mark("certified radius, r = |ρ|", radius, { color: COLORS.inputDependent, dash: "dash" }),
          curve("constant σ", () => sigma, { color: COLORS.constant, dash: "dash" }),
          curve("σ(x)", (t) => sigma * Math.exp(growth * t), { color: COLORS.inputDependent }),
          {
            type: "scatter",
            mode: "markers",
            name: "σ(x), counted",
            x: votes.map((vote) => vote.distance),
            y: votes.map((vote) => vote.share),
            marker: { color: COLORS.reference, size: 8, symbol: "x-thin", line: { width: 2 } },
            hovertemplate: "%{x:.3f}: %{y:.1%}",
          },
        ],
      };
    }),
    layout: {
      xaxis: {
        title: { text: "distance from x<sub>0</sub> towards x<sub>1</sub>, l<sub>2</sub>, pixels in [0, 1]" },
        range: [0, end],
      },
      yaxis: { title: { text: "share of votes for A" }, range: [0, 1.02], tickformat: ".0%" },
      shapes: [majorityLine()],
    },
  });
}

/** The probability of a region under N(x, σ² I), x being at `position` on the line from x0 through x1. */
function probability(region: WorstCaseRegion, dimension: number, position: number, sigma: number): number {
  if (region.kind === "half-space") return normalCdf((position - region.offset) / sigma);
  const noncentrality = ((position - region.center) / sigma) ** 2;
  const squaredRadius = (region.radius / sigma) ** 2;
  return region.kind === "ball"
    ? noncentralChiSquared.cdf(squaredRadius, dimension, noncentrality)
    : noncentralChiSquared.sf(squaredRadius, dimension, noncentrality);
}
