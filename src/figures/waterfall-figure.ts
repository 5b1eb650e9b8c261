import { radiusLimits } from "../analysis/waterfall";
import type { CertificationRecord } from "../experiments/record";
import { shareAtLeast } from "../numerics/summaries";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import { recordColors } from "./record-colors";
import { thinned } from "./steps";

/**
 * The waterfall: certified accuracy (solid) near the largest radius that N samples can certify, and the share of inputs
 * that could be certified there if all their votes agreed (dotted). With constant σ the dotted curve falls at one
 * radius, σ Φ⁻¹(α^(1/N)); with σ(x) each input has a limit of its own.
 *
 * @param records - at least one, by the name that the legend shows
 * @throws RangeError if a record has no row
 */
export function waterfallFigure(records: Readonly<Record<string, CertificationRecord>>): Figure {
  const colors = recordColors(records);
  const limits = Object.values(records).map(radiusLimits);
  const [from, most] = [0.85 * Math.min(...limits.flat()), Math.max(...limits.flat())];
  const data = Object.entries(records).flatMap(([name, { rows }], i): Figure["data"] => {
    const certified = rows.filter(({ correct }) => correct === 1).map(({ radius }) => radius);
    const curve = (values: readonly number[], more: object): Figure["data"][number] => {
      const shown = shareAtLeast(values, rows.length).filter(({ radius }) => radius >= from);
      const corners = thinned([{ radius: from, share: shown[0]?.share ?? 0 }, ...shown]);
      return {
        type: "scatter",
        mode: "lines",
        name,
        x: rounded(corners.map(({ radius }) => radius)),
        y: rounded(corners.map(({ share }) => share)),
        line: { color: colors[name], width: 2, shape: "vh" },
        legendgroup: name,
        hovertemplate: "radius %{x:.3f}<br>certified accuracy %{y:.3f}",
        ...more,
      };
    };
    return [
      curve(certified, {}),
      curve(limits[i], {
        name: `${name}: could be`,
        line: { color: colors[name], width: 1.5, shape: "vh", dash: "dot" },
        showlegend: false,
        hovertemplate: "radius %{x:.3f}<br>could be certified: %{y:.3f}",
      }),
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
      xaxis: {
        title: { text: "l<sub>2</sub> radius (pixels in [0, 1])" },
        range: [from, most + 0.05 * (most - from)],
      },
      yaxis: { title: { text: "share of the images" }, range: [0, 1.03], tickformat: ".0%" },
      margin: { l: 70, r: 20, t: 90, b: 60 },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
    },
  };
}
