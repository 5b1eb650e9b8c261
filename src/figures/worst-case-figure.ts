import type { Data } from "plotly.js-dist";
import { worstCaseProbability, worstCaseRegion, type WorstCaseRegion } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { circle, CONSTANT, dots, GAP, INPUT_DEPENDENT, type LineStyle, path, type Point } from "./marks";
import { withSlider } from "./slider";

/** The arguments of {@link worstCaseFigure}; lengths are in units of s0. */
export interface WorstCaseFigureOptions {
  /** p_A, which must be above 1/2. */
  readonly pA: number;
  /** The distance a = ‖x1 − x0‖. */
  readonly distance: number;
  /** The ratios s1/s0, which are the positions of the slider. The ratio nearest to 1 is shown first. */
  readonly ratios: readonly number[];
}

/** Half the side of the drawn square, in units of s0, and a length that extends beyond the widest page. */
const [FRAME, FAR] = [4, 24];

/**
 * Draws the worst-case region in two dimensions: the region where the worst-case base classifier for x0 and x1 returns
 * a class other than A. The region is a half-space, a ball or the complement of a ball. Circles show the standard
 * deviations of both Gaussians. A slider changes s1/s0.
 *
 * @example
 * const figure = worstCaseFigure({ pA: 0.9, distance: 0.5, ratios: [0.8, 1, 1.25] });
 */
export function worstCaseFigure({ pA, distance, ratios }: WorstCaseFigureOptions): Figure {
  const nearest = Math.min(...ratios.map((ratio) => Math.abs(ratio - 1)));
  const range: [number, number] = [-FRAME, FRAME];
  return withSlider({
    prefix: "σ₁/σ₀ = ",
    positions: ratios,
    active: ratios.findIndex((ratio) => Math.abs(ratio - 1) === nearest),
    shared: gaussian("x₀", 0, 1, CONSTANT),
    at: (sigma1) => {
      const setting = { dimension: 2, sigma0: 1, sigma1, distance, pA };
      const region = worstCaseRegion(setting);
      const fill = { fill: "toself", fillcolor: `${COLORS.worstCase}66` };
      return {
        title: `Worst case in the plane: ${region.kind}, ξ = ${worstCaseProbability(setting).toFixed(3)}`,
        traces: [
          path("not A", outline(region), { color: COLORS.worstCase, width: 0 }, fill),
          ...gaussian("x₁", distance, sigma1, INPUT_DEPENDENT),
        ],
      };
    },
    x: { title: "along the line from x<sub>0</sub> to x<sub>1</sub>, in units of σ<sub>0</sub>", range },
    y: { title: "across, in units of σ<sub>0</sub>", range, scaleanchor: "x" },
    layout: { height: 620 },
  });
}

/** Draws x0 or x1, and the circles of one and two standard deviations around it. */
function gaussian(name: string, at: number, sigma: number, line: LineStyle): Data[] {
  const circles = [1, 2].flatMap((deviations) => [...circle([at, 0], deviations * sigma, 361), GAP]);
  const symbol = at === 0 ? "circle" : "diamond";
  return [
    path(`1σ and 2σ around ${name}`, circles, line),
    dots(name, [at], [0], { color: line.color, size: 9, symbol }, { hover: `${name}<extra></extra>` }),
  ];
}

/** Returns the outline of the worst-case region as a polygon. */
function outline(region: WorstCaseRegion): Point[] {
  const around = circle([0, 0], FAR, 361);
  if (region.kind === "half-space") return around.map(([x, y]) => [Math.max(x, region.offset), y]);
  const edge = circle([region.center, 0], region.radius, 361);
  // The outline runs around the whole square in one direction and around the ball in the other direction, so the part
  // in between is filled.
  return region.kind === "ball" ? edge : [...around, ...edge.reverse(), around[0]];
}
