import type { Data } from "plotly.js-dist";
import { fixedDown } from "../numerics/rounded-down";
import { baseBoundary, type ExactCertificate, type ExactSmoothing, type Frame } from "../toy/exact-smoothing";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import { circle, coordinates, dots, GAP, path, type Point } from "./marks";
import { chained } from "./polylines";
import { type SliderStart, withSlider } from "./slider";
import { P_A } from "./theme";

/** The smoothed toy world at one position of the slider. */
export interface SmoothedStep {
  /** The label of the slider's position. */
  readonly label: string;
  /** The title of the figure at this position. */
  readonly title: string;
  /** The smoothed world that is drawn. */
  readonly smoothing: ExactSmoothing;
}

/** The kind of radius to draw: the certified radius, or the radius that Cohen's formula claims. */
export type RadiusKind = "radius" | "cohen";

/** The arguments of {@link smoothedWorldFigure}. */
export interface SmoothedWorldFigureOptions extends SliderStart {
  /** The part of the plane that is drawn. */
  readonly frame: Frame;
  /** The text in front of the label of the slider's position. */
  readonly prefix: string;
  /** One or more smoothings of the same world. */
  readonly steps: readonly SmoothedStep[];
  /**
   * The number k of balls: only the balls of the first k points are drawn. By default all balls are drawn. The
   * ball of a false claim is always drawn.
   */
  readonly ballCount?: number;
  /** The kind of radius that the balls have. Default: the certified radius. */
  readonly kind?: RadiusKind;
}

/**
 * Separates the certificates by whether the ball crosses the boundary of g by more than the error of the drawn
 * boundary.
 */
export function claimsOf(
  certificates: readonly ExactCertificate[],
  kind: RadiusKind,
): { right: ExactCertificate[]; wrong: ExactCertificate[] } {
  const isFalse = (one: ExactCertificate): boolean => one[kind] > 1.001 * one.distance + 1e-3;
  return {
    right: certificates.filter((one) => !isFalse(one)),
    wrong: certificates.filter(isFalse),
  };
}

/**
 * Draws a toy world and its smoothed classifier, all computed exactly: P[class 1] as shades, the decision boundaries of
 * the base classifier and the smoothed classifier, and the balls around points. Balls that cross the boundary have
 * their own color. A slider changes σ(x). Constant σ is drawn blue, input-dependent σ(x) orange.
 *
 * @example
 * const frame = { x: [-2, 2], y: [-2, 2] } as const;
 * const smoothing = await smoothExactly(rings(1), constant(0.5), [[0.2, 0], [0, 0.6]], frame, 41);
 * const steps = [{ label: "0.5", title: "Constant σ = 0.5", smoothing }];
 * const figure = await smoothedWorldFigure({ frame, prefix: "σ = ", steps });
 */
export async function smoothedWorldFigure(options: SmoothedWorldFigureOptions): Promise<Figure> {
  const { frame, prefix, steps, active, ballCount = Infinity, kind = "radius" } = options;
  const base = await baseBoundary(steps[0].smoothing.world, frame);
  const [width, height] = [frame.x[1] - frame.x[0], frame.y[1] - frame.y[0]];
  const side = { constrain: "domain" } as const;
  return withSlider({
    prefix,
    positions: steps,
    active,
    shared: [path("boundary of f", chained(base), { color: COLORS.reference, width: 1.5 })],
    at: ({ title, smoothing }) => {
      const color = smoothing.variance.rate === 0 ? COLORS.constant : COLORS.inputDependent;
      const { wrong } = claimsOf(smoothing.certificates, kind);
      const { right } = claimsOf(smoothing.certificates.slice(0, ballCount), kind);
      const balls = (of: readonly ExactCertificate[]): Point[] =>
        of.flatMap(({ point, [kind]: radius }) => [...circle(point, radius, 41), GAP]);
      const ball = kind === "radius" ? "certified ball" : "Cohen's ball";
      const thin = { color, width: wrong.length > 0 ? 0.8 : 1 };
      const bold = { color: COLORS.refuted, width: 2 };
      return {
        title,
        traces: [
          shades(smoothing),
          path(ball, balls(right), thin),
          path("false claim", balls(wrong), bold, { showlegend: wrong.length > 0 }),
          path("boundary of g", chained(smoothing.boundary), { color, width: 3 }),
          ...([0, 1] as const).map((label) => centers(smoothing, [...right, ...wrong], label)),
        ],
      };
    },
    x: { title: "x<sub>1</sub> (units of the plane)", range: [...frame.x], ...side },
    y: { title: "x<sub>2</sub> (units of the plane)", range: [...frame.y], ...side, scaleanchor: "x" },
    layout: { height: Math.round(Math.min(700, 250 + (640 * height) / width)) },
  });
}

/** The shades for P[class 1] from 0 to 1, and the colors of the points of class 0 and class 1. */
const SHADES = [
  [0, "#FFFFFF"],
  [1, "#8FD3BD"],
];
const MARKERS = [
  { color: COLORS.series[2], symbol: "square" },
  { color: COLORS.series[1], symbol: "circle" },
];

function shades({ grid }: ExactSmoothing): Data {
  return {
    type: "contour",
    name: "P[class 1]",
    x: rounded(grid.x),
    y: rounded(grid.y),
    z: grid.p.map((row) => row.map((p) => Number(p.toFixed(3)))),
    zmin: 0,
    zmax: 1,
    contours: { start: 0.1, end: 0.9, size: 0.1 },
    line: { width: 0 },
    colorscale: SHADES,
    showscale: false,
    showlegend: true,
    hovertemplate: "(%{x:.2f}, %{y:.2f}): P[class 1] = %{z:.3f}<extra></extra>",
  } as Data;
}

function centers({ world }: ExactSmoothing, certificates: readonly ExactCertificate[], label: 0 | 1): Data {
  const own = certificates.filter(({ point }) => world.classOf(point) === label);
  const text = own.map(
    ({ sigma, smoothed, pA, radius, cohen, distance }) =>
      `class of g: ${smoothed}<br>σ(x) = ${sigma.toFixed(4)}, ${P_A} = ${pA.toFixed(4)}<br>` +
      `certified radius ${fixedDown(radius, 4)}<br>Cohen's radius ${fixedDown(cohen, 4)}<br>` +
      `true distance to the boundary of g ${distance.toFixed(4)}`,
  );
  const marker = { ...MARKERS[label], size: 8, line: { color: COLORS.reference, width: 1 } };
  const [x, y] = coordinates(own.map(({ point }) => point));
  return dots(`class ${label}`, x, y, marker, { hover: "%{text}<extra></extra>", text });
}
