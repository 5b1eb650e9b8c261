import type { Data } from "plotly.js-dist";
import { worstCaseProbability, worstCaseRegion, type WorstCaseRegion } from "../certificates/worst-case";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { withSlider } from "./slider";

/** The arguments of {@link worstCaseFigure}; lengths are in units of s0. */
export interface WorstCaseFigureOptions {
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
 */
export function worstCaseFigure({ pA, distance, ratios }: WorstCaseFigureOptions): Figure {
  const steps = ratios.map((sigma1) => {
    const options = { dimension: 2, sigma0: 1, sigma1, distance, pA };
    const region = worstCaseRegion(options);
    const xi = worstCaseProbability(options);
    return {
      label: sigma1.toFixed(2),
      title: `Worst case in 2-D: ${region.kind}, ξ = ${xi.toFixed(3)}`,
      traces: [area(region), ...cloud("x₁", distance, sigma1, COLORS.inputDependent)],
    };
  });
  const nearest = Math.min(...ratios.map((ratio) => Math.abs(ratio - 1)));
  const title = (axis: string): { text: string } => ({ text: `${axis}, in units of σ<sub>0</sub>` });
  return withSlider({
    prefix: "σ₁/σ₀ = ",
    active: ratios.findIndex((ratio) => Math.abs(ratio - 1) === nearest),
    shared: cloud("x₀", 0, 1, COLORS.constant),
    steps,
    layout: {
      height: 620,
      xaxis: { title: title("along the line from x<sub>0</sub> to x<sub>1</sub>"), range: [-FRAME, FRAME] },
      yaxis: { title: title("across"), range: [-FRAME, FRAME], scaleanchor: "x" },
      legend: { traceorder: "normal" },
    },
  });
}

/** x0 or x1, and the circles of one and two standard deviations around it. */
function cloud(name: string, at: number, sigma: number, color: string): Data[] {
  const circles = [1, 2].flatMap((deviations) => [...circle(at, deviations * sigma), [NaN, NaN]]);
  return [
    {
      type: "scatter",
      mode: "lines",
      name: `1σ and 2σ around ${name}`,
      ...coordinates(circles),
      line: { color, width: 2, dash: at === 0 ? "dash" : "solid" },
      hoverinfo: "skip",
    },
    {
      type: "scatter",
      mode: "markers",
      name,
      x: [at],
      y: [0],
      marker: { color, size: 9, symbol: at === 0 ? "circle" : "diamond" },
      hovertemplate: `${name}<extra></extra>`,
    },
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
  const outline = (): number[][] => {
    if (region.kind === "half-space") {
      return box.map(([x, y]) => [Math.max(x, region.offset), y]);
    }
    const edge = circle(region.center, region.radius);
    // Around the box one way and around the ball the other way: what is between is filled.
    return region.kind === "ball" ? edge : [...box, ...edge.reverse(), box[0]];
  };
  return {
    type: "scatter",
    mode: "lines",
    name: "not A",
    ...coordinates(outline()),
    fill: "toself",
    fillcolor: `${COLORS.worstCase}66`,
    line: { width: 0 },
    hoverinfo: "skip",
  };
}

function circle(center: number, radius: number): number[][] {
  return linear(0, 2 * Math.PI, 361).map((t) => [center + radius * Math.cos(t), radius * Math.sin(t)]);
}

function coordinates(points: readonly number[][]): { x: number[]; y: number[] } {
  return { x: rounded(points.map(([x]) => x)), y: rounded(points.map(([, y]) => y)) };
}
