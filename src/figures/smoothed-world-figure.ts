import type { Data } from "plotly.js-dist";
import type { Point } from "../toy/worlds";
import { COLORS } from "./colors";
import {
  baseBoundary,
  type ExactCertificate,
  type ExactSmoothing,
  type Frame,
  type Segment,
} from "../toy/exact-smoothing";
import type { Figure } from "./figure";
import { linear } from "./grid";
import { withSlider } from "./slider";

/** A smoothed toy world at a position of the slider. */
export interface SmoothedStep {
  readonly label: string;
  readonly title: string;
  readonly smoothing: ExactSmoothing;
}

/** Which radius to draw: the certified one, or the one that Cohen's formula claims. */
export type RadiusKind = "radius" | "cohen";

/** The arguments of {@link smoothedWorldFigure}. */
export interface SmoothedWorldFigureOptions {
  readonly frame: Frame;
  /** Text before the label of the slider's position. */
  readonly prefix: string;
  /** Smoothings of one world, at least one. */
  readonly steps: readonly SmoothedStep[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** How many of the certified points get a ball, from the first; by default all. */
  readonly ballCount?: number;
  /** Radius of the balls; by default the certified one. */
  readonly kind?: RadiusKind;
}

/**
 * A toy world and its smoothed classifier, all exact: P[class 1] as shades, the decision boundaries of the base
 * classifier and of the smoothed one, and the balls around points. A slider changes σ(x). Constant σ is drawn blue,
 * input-dependent σ(x) orange.
 */
export async function smoothedWorldFigure(options: SmoothedWorldFigureOptions): Promise<Figure> {
  const { frame, prefix, steps, active = 0, ballCount = Infinity, kind = "radius" } = options;
  const base = await baseBoundary(steps[0].smoothing.world, frame);
  const [width, height] = [frame.x[1] - frame.x[0], frame.y[1] - frame.y[0]];
  return withSlider({
    prefix,
    active,
    shared: [lines("boundary of f, base", base, { color: COLORS.reference, width: 1.5 })],
    steps: steps.map(({ label, title, smoothing }) => {
      const color = smoothing.variance.rate === 0 ? COLORS.constant : COLORS.inputDependent;
      const certificates = smoothing.certificates.slice(0, ballCount);
      return {
        label,
        title,
        traces: [
          shades(smoothing),
          balls(certificates, kind, color),
          lines("boundary of g, smoothed", smoothing.boundary, { color, width: 3 }),
          ...([0, 1] as const).map((c) => centers(smoothing, certificates, c)),
        ],
      };
    }),
    layout: {
      height: Math.round(Math.min(700, 250 + (640 * height) / width)),
      xaxis: {
        title: { text: "x<sub>1</sub> (units of the plane)" },
        range: [...frame.x],
        constrain: "domain",
      },
      yaxis: {
        title: { text: "x<sub>2</sub> (units of the plane)", standoff: 12 },
        range: [...frame.y],
        scaleanchor: "x",
        constrain: "domain",
      },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
      margin: { l: 70, t: 110 },
    },
  });
}

function shades({ grid }: ExactSmoothing): Data {
  return {
    type: "heatmap",
    x: grid.x.map(drawn),
    y: grid.y.map(drawn),
    z: grid.p.map((row) => row.map((p) => Number(p.toFixed(3)))),
    zmin: 0,
    zmax: 1,
    colorscale: [
      [0, "#FFFFFF"],
      [1, "#8FD3BD"],
    ],
    colorbar: { title: { text: "P[class 1]" }, thickness: 14 },
    hovertemplate: "(%{x:.2f}, %{y:.2f}): P[class 1] = %{z:.3f}<extra></extra>",
  };
}

function lines(name: string, segments: readonly Segment[], line: { color: string; width: number }): Data {
  return scatterOf(chained(segments), { mode: "lines", name, line, hoverinfo: "skip" });
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

function balls(certificates: readonly ExactCertificate[], kind: RadiusKind, color: string): Data {
  const circles = certificates.flatMap(({ point: [x, y], [kind]: radius }) => [
    ...linear(0, 2 * Math.PI, 41).map((t): Point => [x + radius * Math.cos(t), y + radius * Math.sin(t)]),
    GAP,
  ]);
  return scatterOf(circles, {
    mode: "lines",
    name: kind === "radius" ? "certified ball" : "ball of Cohen's radius",
    fill: "toself",
    fillcolor: `${color}22`,
    line: { color, width: 1 },
    hoverinfo: "skip",
  });
}

function centers({ world }: ExactSmoothing, certificates: readonly ExactCertificate[], label: 0 | 1): Data {
  const own = certificates.filter(({ point }) => world.classOf(point) === label);
  return scatterOf(
    own.map(({ point }) => point),
    {
      mode: "markers",
      name: `point of class ${label}`,
      text: own.map(
        ({ sigma, smoothed, pA, radius, cohen, distance }) =>
          `class of g: ${smoothed}<br>σ(x) = ${sigma.toFixed(4)}, p<sub>A</sub> = ${pA.toFixed(4)}<br>` +
          `certified radius ${radius.toFixed(4)}<br>Cohen's radius ${cohen.toFixed(4)}<br>` +
          `true distance to the boundary of g ${distance.toFixed(4)}`,
      ),
      hovertemplate: "%{text}<extra></extra>",
      marker: {
        color: label === 1 ? COLORS.series[1] : COLORS.series[2],
        symbol: label === 1 ? "circle" : "square",
        size: 8,
        line: { color: COLORS.reference, width: 1 },
      },
    },
  );
}

function scatterOf(points: readonly Point[], rest: Partial<Data>): Data {
  return {
    type: "scatter",
    x: points.map(([x]) => drawn(x)),
    y: points.map(([, y]) => drawn(y)),
    ...rest,
  } as Data;
}

/** A coordinate to a ten-thousandth of the plane's unit, finer than a pixel. */
function drawn(coordinate: number): number {
  return Number(coordinate.toFixed(4));
}
