import type { Data } from "plotly.js-dist";
import type { Point, ToyWorld } from "../datasets/toy-worlds";
import type { VarianceFunction } from "../variance/variance-function";
import { COLOURS } from "./colours";
import {
  boundaryOf,
  certifyExactly,
  distanceToSegments,
  smoothedBoundary,
  smoothedProbabilities,
  type ExactCertificate,
  type Frame,
  type Segment,
} from "./exact-smoothing";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { withSlider } from "./slider";

/** A variance function at a position of the slider. */
export interface VarianceChoice {
  readonly label: string;
  readonly title: string;
  readonly variance: VarianceFunction;
}

/** The arguments of {@link smoothedWorldFigure}. */
export interface SmoothedWorldFigureOptions {
  readonly world: ToyWorld;
  readonly frame: Frame;
  /** Text before the label of the slider's position. */
  readonly prefix: string;
  readonly choices: readonly VarianceChoice[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** Points to draw balls around. */
  readonly points: readonly Point[];
  /** Which ball: the certified one, or the one that Cohen's radius claims; by default the certified one. */
  readonly ball?: "radius" | "cohen";
}

/** Nodes of the map of probabilities along the longer side of the frame. */
const NODES = 72;

/**
 * A toy world and its smoothed classifier, all exact: P[class 1] as shades, the decision boundary of the base
 * classifier and of the smoothed one, and the balls around points. A slider changes σ(x). Constant σ is drawn blue,
 * input-dependent σ(x) orange.
 */
export async function smoothedWorldFigure(options: SmoothedWorldFigureOptions): Promise<Figure> {
  const { world, frame, prefix, choices, active = 0, points, ball = "radius" } = options;
  const decide = (all: readonly Point[]): Promise<boolean[]> =>
    Promise.resolve(all.map((point) => world.classOf(point) === 1));
  const base = await boundaryOf(decide, frame, 200);
  const steps = await Promise.all(
    choices.map(async ({ label, title, variance }) => {
      const color = variance.rate === 0 ? COLOURS.constant : COLOURS.inputDependent;
      const boundary = await smoothedBoundary(world, variance, frame);
      const certificates = await certifyExactly(world, variance, points);
      return {
        label,
        title,
        traces: [
          await shades(world, variance, frame),
          lines("boundary of g, smoothed", boundary, { color, width: 3 }),
          balls(ball === "radius" ? "certified ball" : "ball of Cohen's radius", certificates, ball, color),
          ...([0, 1] as const).map((c) => centres(world, c, certificates, boundary)),
        ],
      };
    }),
  );
  const [width, height] = [frame.x[1] - frame.x[0], frame.y[1] - frame.y[0]];
  return withSlider({
    prefix,
    active,
    shared: [],
    steps: steps.map(({ traces, ...step }) => ({
      ...step,
      // The shades lie under everything else.
      traces: [
        traces[0],
        lines("boundary of f, base", base, { color: COLOURS.reference, width: 1.5 }),
        ...traces.slice(1),
      ],
    })),
    layout: {
      height: Math.round(Math.min(680, 200 + (690 * height) / width)),
      xaxis: {
        title: { text: "x<sub>1</sub> (units of the plane)" },
        range: [...frame.x],
        constrain: "domain",
      },
      yaxis: {
        title: { text: "x<sub>2</sub> (units of the plane)" },
        range: [...frame.y],
        scaleanchor: "x",
        constrain: "domain",
      },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
      margin: { t: 100 },
    },
  });
}

async function shades(world: ToyWorld, variance: VarianceFunction, { x, y }: Frame): Promise<Data> {
  const step = Math.max(x[1] - x[0], y[1] - y[0]) / NODES;
  const across = linear(x[0], x[1], Math.round((x[1] - x[0]) / step) + 1);
  const up = linear(y[0], y[1], Math.round((y[1] - y[0]) / step) + 1);
  const p = await smoothedProbabilities(
    world,
    variance,
    up.flatMap((v) => across.map((u): Point => [u, v])),
  );
  return {
    type: "heatmap",
    x: rounded(across),
    y: rounded(up),
    z: up.map((_, row) =>
      Array.from(p.subarray(row * across.length, (row + 1) * across.length), (value) =>
        Number(value.toFixed(3)),
      ),
    ),
    zmin: 0,
    zmax: 1,
    colorscale: [
      [0, "#FFFFFF"],
      [1, "#8FD3BD"],
    ],
    colorbar: { title: { text: "P[class 1]" }, thickness: 14 },
    hovertemplate: "(%{x:.2f}, %{y:.2f}): P[class 1] = %{z:.3f}<extra></extra>",
  } as Data;
}

function lines(name: string, segments: readonly Segment[], line: { color: string; width: number }): Data {
  const points = segments.flatMap(([a, b]): (Point | [null, null])[] => [a, b, [null, null]]);
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: points.map(([x]) => (x === null ? null : Number(x.toFixed(4)))),
    y: points.map(([, y]) => (y === null ? null : Number(y.toFixed(4)))),
    line,
    hoverinfo: "skip",
  };
}

function balls(
  name: string,
  certificates: readonly ExactCertificate[],
  kind: "radius" | "cohen",
  color: string,
): Data {
  const circles = certificates.flatMap(({ point: [x, y], [kind]: radius }) => [
    ...linear(0, 2 * Math.PI, 49).map((t): Point => [x + radius * Math.cos(t), y + radius * Math.sin(t)]),
    [NaN, NaN] as const,
  ]);
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: rounded(circles.map(([x]) => x)),
    y: rounded(circles.map(([, y]) => y)),
    fill: "toself",
    fillcolor: `${color}22`,
    line: { color, width: 1 },
    hoverinfo: "skip",
  };
}

function centres(
  world: ToyWorld,
  label: 0 | 1,
  certificates: readonly ExactCertificate[],
  boundary: readonly Segment[],
): Data {
  const own = certificates.filter(({ point }) => world.classOf(point) === label);
  return {
    type: "scatter",
    mode: "markers",
    name: `point of class ${label}`,
    x: rounded(own.map(({ point }) => point[0])),
    y: rounded(own.map(({ point }) => point[1])),
    text: own.map(
      ({ point, sigma, smoothed, pA, radius, cohen }) =>
        `class of g: ${smoothed}<br>σ(x) = ${sigma.toFixed(4)}, p<sub>A</sub> = ${pA.toFixed(4)}<br>` +
        `certified radius ${radius.toFixed(4)}<br>Cohen's radius ${cohen.toFixed(4)}<br>` +
        `distance to the boundary of g ${distanceToSegments(point, boundary).toFixed(4)}`,
    ),
    hovertemplate: "%{text}<extra></extra>",
    marker: {
      color: label === 1 ? COLOURS.series[1] : COLOURS.series[2],
      symbol: label === 1 ? "circle" : "square",
      size: 8,
      line: { color: COLOURS.reference, width: 1 },
    },
  };
}
