import { accuracyDifferences } from "../analysis/compare-records";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { band, type Point, staircase, thinned } from "./marks";
import { drawnRecords, type NamedRecords, withSampleSize } from "./record-colors";
import { RADIUS_AXIS, themed } from "./theme";

/**
 * Draws the difference in certified accuracy between two runs on the same images against the radius, with the paired 95
 * % interval at each radius. Where the band includes 0, the difference may be due to chance.
 *
 * @param records - two records, by name; the first record is subtracted from the second
 * @throws RangeError unless there are two records; Error if the records are not on the same images
 * @example
 * const [constant, nearest] = [await readRecord("records/mnist-0.5-mean"), await readRecord("records/mnist-0.5-r0.01")];
 * const figure = accuracyDifferenceFigure({ "constant σ": constant, "σ(x)": nearest });
 */
export function accuracyDifferenceFigure(records: NamedRecords): Figure {
  const drawn = drawnRecords(records);
  if (drawn.length !== 2) throw new RangeError(`a difference needs two records, got ${drawn.length}`);
  const [first, second] = drawn;
  const steps = drawn.flatMap(({ record: { rows } }) =>
    rows.filter(({ correct }) => correct === 1).map(({ radius }) => radius),
  );
  const radii = thinned([...new Set([0, ...steps])].sort((a, b) => a - b));
  const end = 1.03 * (radii.at(-1) || 1);
  const differences = accuracyDifferences(first.record, second.record, [...radii, end]);
  const corners = differences.map(({ radius, difference }): Point => [radius, difference]);
  const color = COLORS.inputDependent;
  const name = `${second.name} − ${first.name}`;
  return themed(
    [
      ...band(differences, color, "paired 95 % interval"),
      staircase(name, corners, { color }, { hover: "radius %{x:.6~g}<br>difference %{y:+.3f}" }),
    ],
    {
      title: withSampleSize("Difference in certified accuracy", drawn),
      x: { title: RADIUS_AXIS, range: [0, end] },
      y: { title: "difference in certified accuracy", zeroline: true },
    },
  );
}
