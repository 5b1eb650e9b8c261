import type { Data } from "plotly.js-dist";
import {
  baseBoundary,
  type ExactCertificate,
  type ExactSmoothing,
  type Frame,
  type Segment,
} from "../toy/exact-smoothing";
import type { Point } from "../toy/worlds";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { curve, dots, type LineStyle } from "./marks";
import { withSlider } from "./slider";

/** A smoothed toy world at a position of the slider. */
export interface SmoothedStep {
  /** Label of the slider's position. */
  readonly label: string;
  /** Title of the figure there. */
  readonly title: string;
  /** What is drawn. */
  readonly smoothing: ExactSmoothing;
}

/** Which radius to draw: the certified one, or the one that Cohen's formula claims. */
export type RadiusKind = "radius" | "cohen";

/** The arguments of {@link smoothedWorldFigure}. */
export interface SmoothedWorldFigureOptions {
  /** The part of the plane that is drawn. */
  readonly frame: Frame;
  /** Text before the label of the slider's position. */
  readonly prefix: string;
  /** Smoothings of one world, at least one. */
  readonly steps: readonly SmoothedStep[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** How many of the points get a ball, from the first; by default all. Where a claim is false, the ball is always drawn. */
  readonly ballCount?: number;
  /** Radius of the balls; by default the certified one. */
  readonly kind?: RadiusKind;
}

/** Whether a ball crosses the boundary of the smoothed classifier by more than the error of the drawn boundary. */
export function isFalse(certificate: ExactCertificate, kind: RadiusKind): boolean {
  return certificate[kind] > 1.001 * certificate.distance + 1e-3;
}

/**
 * A toy world and its smoothed classifier, all exact: P[class 1] as shades, the decision boundaries of the base
 * classifier and of the smoothed one, and the balls around points, those that cross the boundary in a color of their
 * own. A slider changes σ(x). Constant σ is drawn blue, input-dependent σ(x) orange.
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
    active,
    shared: [outline("boundary of f", chained(base), { color: COLORS.reference, width: 1.5 })],
    steps: steps.map(({ label, title, smoothing }) => {
      const color = smoothing.variance.rate === 0 ? COLORS.constant : COLORS.inputDependent;
      const shown = smoothing.certificates.filter((one, i) => i < ballCount || isFalse(one, kind));
      const [wrong, right] = [true, false].map((is) => shown.filter((one) => isFalse(one, kind) === is));
      const ball = kind === "radius" ? "certified ball" : "Cohen's ball";
      return {
        label,
        title,
        traces: [
          shades(smoothing),
          outline(ball, circles(right, kind), { color, width: wrong.length > 0 ? 0.8 : 1 }),
          outline(
            "false claim",
            circles(wrong, kind),
            { color: COLORS.refuted, width: 2 },
            {
              showlegend: wrong.length > 0,
            },
          ),
          outline("boundary of g", chained(smoothing.boundary), { color, width: 3 }),
          ...([0, 1] as const).map((c) => centers(smoothing, shown, c)),
        ],
      };
    }),
    x: { title: "x<sub>1</sub> (units of the plane)", range: [...frame.x], ...side },
    y: { title: "x<sub>2</sub> (units of the plane)", range: [...frame.y], ...side, scaleanchor: "x" },
    layout: { height: Math.round(Math.min(700, 250 + (640 * height) / width)) },
  });
}

function shades({ grid }: ExactSmoothing): Data {
  return {
    type: "contour",
    x: grid.x.map(drawn),
    y: grid.y.map(drawn),
    z: grid.p.map((row) => row.map((p) => Number(p.toFixed(3)))),
    zmin: 0,
    zmax: 1,
    contours: { start: 0.1, end: 0.9, size: 0.1 },
    line: { width: 0 },
    colorscale: [
      [0, "#FFFFFF"],
      [1, "#8FD3BD"],
    ],
    colorbar: { title: { text: "P[class 1]" }, thickness: 14 },
    hovertemplate: "(%{x:.2f}, %{y:.2f}): P[class 1] = %{z:.3f}<extra></extra>",
  } as Data;
}

const GAP: Point = [NaN, NaN];

/** Segments as lines that go on from one to the next where they share an end, with gaps between lines. */
function chained(segments: readonly Segment[]): Point[] {
  const key = ([x, y]: Point): string => `${x} ${y}`;
  const at = new Map<string, Set<Segment>>();
  for (const segment of segments) {
    for (const end of segment) at.set(key(end), (at.get(key(end)) ?? new Set()).add(segment));
  }
  const left = new Set(segments);
  /** Where the line goes on to from an end, as long as there is an unused segment. */
  const follow = (end: Point): Point[] => {
    const path: Point[] = [];
    for (;;) {
      const next = [...(at.get(key(end)) ?? [])].find((segment) => left.has(segment));
      if (!next) return path;
      left.delete(next);
      end = key(next[0]) === key(end) ? next[1] : next[0];
      path.push(end);
    }
  };
  return segments.flatMap((segment): Point[] => {
    if (!left.delete(segment)) return [];
    const [a, b] = segment;
    const forward = follow(b);
    return [...follow(a).reverse(), a, b, ...forward, GAP];
  });
}

function circles(certificates: readonly ExactCertificate[], kind: RadiusKind): Point[] {
  return certificates.flatMap(({ point: [x, y], [kind]: radius }) => [
    ...linear(0, 2 * Math.PI, 41).map((t): Point => [x + radius * Math.cos(t), y + radius * Math.sin(t)]),
    GAP,
  ]);
}

function centers({ world }: ExactSmoothing, certificates: readonly ExactCertificate[], label: 0 | 1): Data {
  const own = certificates.filter(({ point }) => world.classOf(point) === label);
  const words = own.map(
    ({ sigma, smoothed, pA, radius, cohen, distance }) =>
      `class of g: ${smoothed}<br>σ(x) = ${sigma.toFixed(4)}, p<sub>A</sub> = ${pA.toFixed(4)}<br>` +
      `certified radius ${radius.toFixed(4)}<br>Cohen's radius ${cohen.toFixed(4)}<br>` +
      `true distance to the boundary of g ${distance.toFixed(4)}`,
  );
  const marker = {
    color: label === 1 ? COLORS.series[1] : COLORS.series[2],
    symbol: label === 1 ? "circle" : "square",
    size: 8,
    line: { color: COLORS.reference, width: 1 },
  };
  const [x, y] = coordinates(own.map(({ point }) => point));
  return dots(`class ${label}`, x, y, marker, "%{text}<extra></extra>", { text: words });
}

function outline(name: string, points: readonly Point[], line: LineStyle, more: object = {}): Data {
  return curve(name, ...coordinates(points), line, undefined, { ...more });
}

function coordinates(points: readonly Point[]): [number[], number[]] {
  return [points.map(([x]) => drawn(x)), points.map(([, y]) => drawn(y))];
}

/** A coordinate to a ten-thousandth of the plane's unit, finer than a pixel. */
function drawn(coordinate: number): number {
  return Number(coordinate.toFixed(4));
}
