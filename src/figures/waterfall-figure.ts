import type { Data } from "plotly.js-dist";
import { radiusLimits } from "../analysis/waterfall";
import type { CertificationRecord } from "../experiments/record";
import { largest, shareAtLeast, smallest } from "../numerics/summaries";
import type { Figure } from "./figure";
import { type LineStyle, type Point, staircase } from "./marks";
import { drawnRecords, withSampleSize } from "./record-colors";
import { RADIUS_AXIS, themed } from "./theme";

/**
 * Draws the waterfall: certified accuracy near the largest radius that n samples can certify. At each radius, a dotted
 * curve shows the share of inputs that could be certified if all their votes agreed. With constant σ the dotted curve
 * falls at a single radius, σ Φ⁻¹(α^(1/n)); with σ(x) each input has its own limit.
 *
 * @param records - at least one record, by the name shown in the legend
 * @throws RangeError if a record has no rows
 * @example
 * const [constant, nearest] = [await readRecord("records/mnist-0.5-mean"), await readRecord("records/mnist-0.5-r0.01")];
 * const figure = waterfallFigure({ "constant σ": constant, "σ(x)": nearest });
 */
export function waterfallFigure(records: Readonly<Record<string, CertificationRecord>>): Figure {
  const limits = Object.values(records).map(radiusLimits);
  const [from, most] = [0.85 * smallest(limits.flat()), largest(limits.flat())];
  const drawn = drawnRecords(records);
  const data = drawn.flatMap(({ name, record: { rows }, line }, i) => {
    const fall = (values: readonly number[], style: LineStyle, what: string): Data => {
      const shown = shareAtLeast(values, rows.length).filter(({ radius }) => radius >= from);
      const corners = shown.map(({ radius, share }): Point => [radius, share]);
      const start: Point = [from, shown[0]?.share ?? 0];
      const hover = `radius %{x:.6~g}<br>${what} %{y:.3f}`;
      const more = { hover, legendgroup: name, showlegend: style === line };
      return staircase(name, [start, ...corners], style, more);
    };
    const certified = rows.filter(({ correct }) => correct === 1).map(({ radius }) => radius);
    return [
      fall(certified, line, "certified accuracy"),
      fall(limits[i], { ...line, width: 1.5, dash: "dot" }, "certifiable if all n votes agree"),
    ];
  });
  return themed(data, {
    title: withSampleSize("Certified accuracy, and its limit if all n votes agree (dotted)", drawn),
    x: { title: RADIUS_AXIS, range: [from, most + 0.05 * (most - from)] },
    y: { title: "share of images", range: [0, 1.03] },
  });
}
