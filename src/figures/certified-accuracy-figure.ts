import { certifiedAccuracyBand, certifiedAccuracyCurve } from "../analysis/certified-accuracy";
import type { PublishedResult } from "../analysis/published-results";
import { largest } from "../numerics/summaries";
import type { Figure } from "./figure";
import { band as bandOf, curve, type Point, staircase, thinned } from "./marks";
import { drawnRecords, type NamedRecords, withSampleSize } from "./record-colors";
import { RADIUS_AXIS, themed } from "./theme";

/** The options of {@link certifiedAccuracyFigure}: what it shows in addition to the curves. */
export interface CertifiedAccuracyFigureOptions {
  /**
   * Whether to draw a band around each curve. At each radius, the band shows the 95 % interval for the certified
   * accuracy on all images.
   */
  readonly band?: boolean;
  /**
   * Published values at some radii, such as `COHEN_CIFAR10`, by the name of the record to which they belong.
   * Published values are drawn as dotted lines.
   */
  readonly published?: Readonly<Record<string, Pick<PublishedResult, "radius" | "accuracy">>>;
  /** The title. Default: "Certified accuracy", with n if all records have the same n. */
  readonly title?: string;
}

/**
 * Draws certified accuracy against radius, with one curve per record: blue and dashed for constant σ, orange and solid
 * for σ(x).
 *
 * @param records - at least one record, by the name shown in the legend
 * @throws RangeError if a record has no rows
 * @example
 * const [constant, nearest] = [await readRecord("records/cifar10-0.5-mean"), await readRecord("records/cifar10-0.5-r0.01")];
 * const published = { "constant σ": COHEN_CIFAR10[2] };
 * const figure = certifiedAccuracyFigure({ "constant σ": constant, "σ(x)": nearest }, { band: true, published });
 */
export function certifiedAccuracyFigure(
  records: NamedRecords,
  { band = false, published = {}, title }: CertifiedAccuracyFigureOptions = {},
): Figure {
  const drawn = drawnRecords(records);
  const largestRadius = largest([
    ...drawn.flatMap(({ record: { rows } }) => rows.map(({ radius }) => radius)),
    ...Object.values(published).flatMap(({ radius }) => radius),
  ]);
  const end = 1.03 * (largestRadius || 1);
  const hover = "radius %{x:.6~g}<br>certified accuracy %{y:.3f}";
  const data = drawn.flatMap(({ name, record: { rows }, line }): Figure["data"] => {
    const { radius, accuracy } = certifiedAccuracyCurve(rows);
    const corners = radius.map((at, i): Point => [at, accuracy[i]]);
    const radii = thinned(radius).slice(0, -1);
    const dotted = { color: line.color, width: 1.5, dash: "dot" } as const;
    const theirs = Object.hasOwn(published, name) ? [published[name]] : [];
    return [
      ...(band ? bandOf(certifiedAccuracyBand(rows, [...radii, end]), line.color) : []),
      staircase(name, corners, line, { hover }),
      ...theirs.map((one) =>
        curve(`${name}, published`, one.radius, one.accuracy, dotted, { hover: `published, ${hover}` }),
      ),
    ];
  });
  return themed(data, {
    title: title ?? withSampleSize("Certified accuracy", drawn),
    x: { title: RADIUS_AXIS, range: [0, end] },
    y: { title: "certified accuracy", range: [0, 1.02] },
  });
}
