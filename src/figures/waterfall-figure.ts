import { certifiedAccuracyCurve } from "../analysis/certified-accuracy";
import { radiusLimits } from "../experiments/radius-limits";
import type { CertificationRecord } from "../experiments/record";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { recordColours } from "./record-colours";

/** Number of radii at which the curves are drawn. */
const POINTS = 241;

/**
 * The waterfall: certified accuracy (solid) near the largest radius that N samples can certify, and the share of inputs
 * that could be certified there if all their votes agreed (dotted). With constant σ the dotted curve falls at one
 * radius, σ Φ⁻¹(α^(1/N)); with σ(x) each input has a limit of its own.
 *
 * @param records - at least one, by the name that the legend shows
 * @throws RangeError if a record has no row
 */
export function waterfallFigure(records: Readonly<Record<string, CertificationRecord>>): Figure {
  const colours = recordColours(records);
  const limits = Object.values(records).map((record) => radiusLimits(record).sort((a, b) => a - b));
  const [least, most] = [
    Math.min(...limits.map((all) => all[0])),
    Math.max(...limits.map((all) => all.at(-1)!)),
  ];
  const radii = linear(0.85 * least, most + 0.05 * (most - 0.85 * least), POINTS);
  const share = (sorted: readonly number[], count: number): number[] =>
    radii.map((radius) => sorted.filter((value) => value >= radius).length / count);
  const data = Object.entries(records).flatMap(([name, { rows }], i): Figure["data"] => {
    const line = { color: colours[name], width: 2, shape: "hv" } as const;
    const certified = certifiedAccuracyCurve(rows).radius.slice(1, -1);
    return [
      {
        type: "scatter",
        mode: "lines",
        name,
        x: rounded(radii),
        y: rounded(share(certified, rows.length)),
        line,
        legendgroup: name,
        hovertemplate: "radius %{x:.3f}<br>certified accuracy %{y:.3f}",
      },
      {
        type: "scatter",
        mode: "lines",
        name: `${name}: could be`,
        x: rounded(radii),
        y: rounded(share(limits[i], rows.length)),
        line: { ...line, dash: "dot", width: 1.5 },
        legendgroup: name,
        showlegend: false,
        hovertemplate: "radius %{x:.3f}<br>could be certified: %{y:.3f}",
      },
    ];
  });
  return {
    data,
    layout: {
      title: {
        text: "The waterfall: certified (solid), and certifiable with N equal votes (dotted)",
        x: 0.02,
        xanchor: "left",
      },
      xaxis: { title: { text: "l<sub>2</sub> radius (pixels in [0, 1])" } },
      yaxis: { title: { text: "share of the images" }, range: [0, 1.03], tickformat: ".0%" },
      margin: { l: 70, r: 20, t: 90, b: 60 },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
    },
  };
}
