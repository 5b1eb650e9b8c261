import { accuracyDifferences } from "../analysis/compare-records";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { band, staircase, thinned } from "./marks";
import { drawnRecords, type NamedRecords } from "./record-colors";
import { RADIUS_AXIS, themed } from "./theme";

/**
 * By how much the certified accuracy of one run is above that of another on the same images, against the radius, with
 * the paired 95 % interval at each radius. Where the band includes 0, the difference may be chance.
 *
 * @param records - two, by name: the first is subtracted from the second
 * @throws RangeError if there are not two; Error if they are not of the same images
 * @example
 * const [constant, nearest] = [await readRecord("records/mnist-0.5-mean"), await readRecord("records/mnist-0.5-r0.01")];
 * const figure = accuracyDifferenceFigure({ "constant σ": constant, "σ(x)": nearest });
 */
export function accuracyDifferenceFigure(records: NamedRecords): Figure {
  const drawn = drawnRecords(records);
  if (drawn.length !== 2) throw new RangeError(`a difference needs two records, got ${drawn.length}`);
  const [first, second] = drawn;
  const corners = drawn.flatMap(({ record: { rows } }) =>
    rows.filter(({ correct }) => correct === 1).map(({ radius }) => radius),
  );
  const radii = thinned([...new Set([0, ...corners])].sort((a, b) => a - b));
  const end = 1.03 * (radii.at(-1) || 1);
  const points = accuracyDifferences(first.record, second.record, [...radii, end]).map((at) => ({
    radius: at.radius,
    difference: 100 * at.difference,
    low: 100 * at.low,
    high: 100 * at.high,
  }));
  const color = COLORS.inputDependent;
  return themed(
    [
      ...band(points, color, "95 %, paired"),
      staircase(
        `${second.name} − ${first.name}`,
        points.map(({ radius, difference }) => ({ at: radius, value: difference })),
        { color },
        "radius %{x:.3f}: %{y:+.2f} points",
      ),
    ],
    {
      title: "Difference of certified accuracy",
      x: { title: RADIUS_AXIS, range: [0, end] },
      y: { title: "difference (percentage points)", zeroline: true },
    },
  );
}
