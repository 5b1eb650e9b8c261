import type { Data } from "plotly.js-dist";
import type { Point, ToyWorld } from "../datasets/toy-worlds";
import { COLOURS } from "./colours";
import { certifyExactly, distanceToSegments, smoothedBoundary, type Frame } from "./exact-smoothing";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import type { VarianceChoice } from "./smoothed-world-figure";
import { withSlider } from "./slider";

/** The arguments of {@link underCertificationFigure}. */
export interface UnderCertificationFigureOptions {
  readonly world: ToyWorld;
  /** Where to look for the boundary of the smoothed classifier: wide enough for the distance of every point. */
  readonly frame: Frame;
  readonly prefix: string;
  readonly choices: readonly VarianceChoice[];
  readonly active?: number;
  readonly points: readonly Point[];
  /** Which radius: the certified one, or Cohen's; by default the certified one. */
  readonly ball?: "radius" | "cohen";
}

/**
 * The radius of each point against its true distance to the boundary of the smoothed classifier, both exact. Below
 * the diagonal a certificate is true, and the farther below, the more it leaves on the table; above, it is false.
 */
export async function underCertificationFigure(options: UnderCertificationFigureOptions): Promise<Figure> {
  const { world, frame, prefix, choices, active = 0, points, ball = "radius" } = options;
  const steps = await Promise.all(
    choices.map(async ({ label, title, variance }) => {
      const boundary = await smoothedBoundary(world, variance, frame, 100);
      const rows = (await certifyExactly(world, variance, points)).map((certificate) => ({
        radius: certificate[ball],
        distance: distanceToSegments(certificate.point, boundary),
      }));
      return { label, title, rows, isConstant: variance.rate === 0 };
    }),
  );
  const all = steps.flatMap(({ rows }) => rows.flatMap(({ radius, distance }) => [radius, distance]));
  const most = 1.05 * Math.max(...all.filter(Number.isFinite));
  const diagonal: Data = {
    type: "scatter",
    mode: "lines",
    name: "radius = distance",
    x: [0, most],
    y: [0, most],
    line: { color: COLOURS.reference, width: 1, dash: "dash" },
    hoverinfo: "skip",
  };
  return withSlider({
    prefix,
    active,
    shared: [diagonal],
    steps: steps.map(({ label, title, rows, isConstant }) => ({
      label,
      title,
      traces: [
        {
          type: "scatter",
          mode: "markers",
          name: ball === "radius" ? "certified radius" : "Cohen's radius",
          x: rounded(rows.map(({ distance }) => distance)),
          y: rounded(rows.map(({ radius }) => radius)),
          marker: { color: isConstant ? COLOURS.constant : COLOURS.inputDependent, size: 7, opacity: 0.7 },
          hovertemplate: "distance %{x:.4f}<br>radius %{y:.4f}<extra></extra>",
        },
      ],
    })),
    layout: {
      xaxis: { title: { text: "true distance to the boundary of g (units of the plane)" }, range: [0, most] },
      yaxis: { title: { text: "radius (units of the plane)" }, range: [0, most] },
      legend: { x: 0.02, y: 0.98, xanchor: "left", yanchor: "top" },
    },
  });
}
