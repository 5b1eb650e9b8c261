import { accuracyDifferences } from "../analysis/compare-records";
import type { CertificationRecord } from "../experiments/record";
import { COLOURS } from "./colours";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";

/** Number of radii at which the difference is taken. */
const POINTS = 81;

/**
 * By how much the certified accuracy of one run is above that of another on the same images, against the radius, with
 * a band in which 95 % of the paired bootstrap resamples lie at each radius. Where the band includes 0, the difference
 * may be chance.
 *
 * @param records - two, by name: the first is subtracted from the second
 * @throws RangeError if there are not two; Error if they are not of the same images
 */
export function accuracyDifferenceFigure(records: Readonly<Record<string, CertificationRecord>>): Figure {
  const entries = Object.entries(records);
  if (entries.length !== 2) throw new RangeError(`a difference needs two records, got ${entries.length}`);
  const [[before, first], [after, second]] = entries;
  const largest = Math.max(...[first, second].flatMap(({ rows }) => rows.map(({ radius }) => radius)));
  const differences = accuracyDifferences(first, second, linear(0, 1.03 * (largest || 1), POINTS));
  const radius = rounded(differences.map((at) => at.radius));
  const percent = (values: number[]): number[] => rounded(values.map((value) => 100 * value));
  const colour = COLOURS.inputDependent;
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        name: "95 %, paired bootstrap",
        x: [...radius, ...[...radius].reverse()],
        y: percent([...differences.map(({ high }) => high), ...differences.map(({ low }) => low).reverse()]),
        fill: "toself",
        fillcolor: `${colour}33`,
        line: { width: 0 },
        hoverinfo: "skip",
      },
      {
        type: "scatter",
        mode: "lines",
        name: `${after} − ${before}`,
        x: radius,
        y: percent(differences.map(({ difference }) => difference)),
        line: { color: colour, width: 2 },
        hovertemplate: "radius %{x:.3f}: %{y:+.2f} points",
      },
    ],
    layout: {
      title: { text: "Difference of certified accuracy", x: 0.02, xanchor: "left" },
      xaxis: { title: { text: "l<sub>2</sub> radius (pixels in [0, 1])" } },
      yaxis: { title: { text: "difference (percentage points)" }, zeroline: true },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
      margin: { l: 70, r: 20, t: 90, b: 60 },
    },
  };
}
