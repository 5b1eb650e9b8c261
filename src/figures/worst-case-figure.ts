import type { Data } from "plotly.js-dist";
import { worstCaseProbability, worstCaseRegion, type WorstCaseRegion } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { CONSTANT, curve, dots, INPUT_DEPENDENT, type LineStyle } from "./marks";
import { withSlider } from "./slider";
import type { Axis } from "./theme";

/** The arguments of {@link worstCaseFigure}; lengths are in units of s0. */
export interface WorstCaseFigureOptions {
  /** p_A, above 1/2. */
  readonly pA: number;
  /** a = ‖x1 − x0‖. */
  readonly distance: number;
  /** The ratios s1/s0 of the slider; the one nearest to 1 is shown first. */
  readonly ratios: readonly number[];
}

/** Half the side of the square that is drawn, in units of s0. */
const FRAME = 4;

/**
 * The worst-case region in two dimensions, where the base classifier that leaves class A most easily between x0 and
 * x1 answers another class: a half-space, a ball or the complement of a ball, with the standard deviations of both
 * Gaussians. A slider changes s1/s0.
 *
 * @example
 * const figure = worstCaseFigure({ pA: 0.9, distance: 0.5, ratios: [0.8, 1, 1.25] });
 */
export function worstCaseFigure({ pA, distance, ratios }: WorstCaseFigureOptions): Figure {
  const steps = ratios.map((sigma1) => {
    const options = { dimension: 2, sigma0: 1, sigma1, distance, pA };
    const region = worstCaseRegion(options);
    const xi = worstCaseProbability(options);
    return {
      label: sigma1.toFixed(2),
      title: `Worst case in 2-D: ${region.kind}, ξ = ${xi.toFixed(3)}`,
      traces: [area(region), ...cloud("x₁", distance, sigma1, INPUT_DEPENDENT)],
    };
  });
  const nearest = Math.min(...ratios.map((ratio) => Math.abs(ratio - 1)));
  const side = (name: string): Axis => ({
    title: `${name}, in units of σ<sub>0</sub>`,
    range: [-FRAME, FRAME],
  });
  return withSlider({
    prefix: "σ₁/σ₀ = ",
    active: ratios.findIndex((ratio) => Math.abs(ratio - 1) === nearest),
    shared: cloud("x₀", 0, 1, CONSTANT),
    steps,
    x: side("along the line from x<sub>0</sub> to x<sub>1</sub>"),
    y: { ...(side("across") as { title: string }), scaleanchor: "x" },
    layout: { height: 620 },
  });
}

/** x0 or x1, and the circles of one and two standard deviations around it. */
function cloud(name: string, at: number, sigma: number, line: LineStyle): Data[] {
  const circles = [1, 2].flatMap((deviations) => [...circle(at, deviations * sigma), [NaN, NaN]]);
  const symbol = at === 0 ? "circle" : "diamond";
  return [
    outline(`1σ and 2σ around ${name}`, circles, line),
    dots(name, [at], [0], { color: line.color, size: 9, symbol }, `${name}<extra></extra>`),
  ];
}

/** The region as a polygon that is filled. */
function area(region: WorstCaseRegion): Data {
  const far = 3 * FRAME;
  const box = [
    [-far, -far],
    [far, -far],
    [far, far],
    [-far, far],
    [-far, -far],
  ];
  const corners = (): number[][] => {
    if (region.kind === "half-space") return box.map(([x, y]) => [Math.max(x, region.offset), y]);
    const edge = circle(region.center, region.radius);
    // Around the box one way and around the ball the other way: what is between is filled.
    return region.kind === "ball" ? edge : [...box, ...edge.reverse(), box[0]];
  };
  const line = { color: COLORS.worstCase, width: 0 };
  return outline("not A", corners(), line, { fill: "toself", fillcolor: `${COLORS.worstCase}66` });
}

function circle(center: number, radius: number): number[][] {
  return linear(0, 2 * Math.PI, 361).map((t) => [center + radius * Math.cos(t), radius * Math.sin(t)]);
}

function outline(name: string, corners: readonly number[][], line: LineStyle, more: object = {}): Data {
  const [x, y] = [0, 1].map((i) => corners.map((corner) => corner[i]));
  return curve(name, x, y, line, undefined, { ...more });
}
