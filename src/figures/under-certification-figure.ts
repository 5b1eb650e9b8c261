import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import type { SmoothedWorldFigureOptions } from "./smoothed-world-figure";
import { withSlider } from "./slider";

/**
 * The radius of each point against its true distance to the boundary of the smoothed classifier, both exact. Below
 * the diagonal a certificate is true, and the farther below, the less it says; above, it is false.
 */
export function underCertificationFigure(
  options: Pick<SmoothedWorldFigureOptions, "prefix" | "steps" | "active" | "kind">,
): Figure {
  const { prefix, steps, active = 0, kind = "radius" } = options;
  const all = steps.flatMap(({ smoothing }) => smoothing.certificates);
  const most =
    1.05 * Math.max(...all.map((certificate) => Math.max(certificate.distance, certificate[kind])));
  return withSlider({
    prefix,
    active,
    shared: [
      {
        type: "scatter",
        mode: "lines",
        name: "radius = distance",
        x: [0, most],
        y: [0, most],
        line: { color: COLORS.reference, width: 1, dash: "dash" },
        hoverinfo: "skip",
      },
    ],
    steps: steps.map(({ label, title, smoothing: { certificates, variance } }) => ({
      label,
      title,
      traces: [
        {
          type: "scatter",
          mode: "markers",
          name: kind === "radius" ? "certified radius" : "Cohen's radius",
          x: rounded(certificates.map(({ distance }) => distance)),
          y: rounded(certificates.map((certificate) => certificate[kind])),
          marker: {
            color: variance.rate === 0 ? COLORS.constant : COLORS.inputDependent,
            size: 7,
            opacity: 0.7,
          },
          hovertemplate: "distance %{x:.4f}<br>radius %{y:.4f}<extra></extra>",
        },
      ],
    })),
    layout: {
      xaxis: { title: { text: "true distance to the boundary of g (units of the plane)" }, range: [0, most] },
      yaxis: { title: { text: "radius (units of the plane)" }, range: [0, most] },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
      margin: { t: 90 },
    },
  });
}
