import { accuracyDifferences } from "../analysis/compare-records";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import { namedEntries, type NamedRecords } from "./record-colors";
import { bandTraces, thinned } from "./steps";

/**
 * By how much the certified accuracy of one run is above that of another on the same images, against the radius, with
 * the paired 95 % interval at each radius. Where the band includes 0, the difference may be chance.
 *
 * @param records - two, by name: the first is subtracted from the second
 * @throws RangeError if there are not two; Error if they are not of the same images
 */
export function accuracyDifferenceFigure(records: NamedRecords): Figure {
  const entries = namedEntries(records);
  if (entries.length !== 2) throw new RangeError(`a difference needs two records, got ${entries.length}`);
  const [[before, first], [after, second]] = entries;
  const corners = [first, second].flatMap(({ rows }) =>
    rows.filter(({ correct }) => correct === 1).map(({ radius }) => radius),
  );
  const radii = thinned([...new Set([0, ...corners])].sort((a, b) => a - b));
  const end = 1.03 * (radii.at(-1) || 1);
  const inPercent = accuracyDifferences(first, second, [...radii, end]).map(
    ({ radius, difference, low, high }) => ({
      radius,
      difference: 100 * difference,
      low: 100 * low,
      high: 100 * high,
    }),
  );
  const color = COLORS.inputDependent;
  return {
    data: [
      ...bandTraces(inPercent, color, "95 %, paired"),
      {
        type: "scatter",
        mode: "lines",
        name: `${after} − ${before}`,
        x: rounded(inPercent.map(({ radius }) => radius)),
        y: rounded(inPercent.map(({ difference }) => difference)),
        line: { shape: "vh", color: color, width: 2 },
        hovertemplate: "radius %{x:.3f}: %{y:+.2f} points",
      },
    ],
    layout: {
      title: { text: "Difference of certified accuracy", x: 0.02, xanchor: "left" },
      xaxis: { title: { text: "l<sub>2</sub> radius (pixels in [0, 1])" }, range: [0, end] },
      yaxis: { title: { text: "difference (percentage points)" }, zeroline: true },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
      margin: { l: 70, r: 20, t: 90, b: 60 },
    },
  };
}
