import type { CertificationRecord } from "../experiments/record";
import { countText } from "../numerics/count-text";
import { COLORS } from "./colors";
import { CONSTANT, INPUT_DEPENDENT, type LineStyle } from "./marks";

/** The colors of the first, second, … record of a kind. */
const SHADES = {
  constant: [COLORS.constant, COLORS.series[0], COLORS.reference],
  inputDependent: [
    COLORS.inputDependent,
    COLORS.series[2],
    COLORS.worstCase,
    COLORS.series[1],
    COLORS.series[4],
  ],
} as const;

/**
 * Records by name, in order. In a plain object, names that are integers always come first; a Map keeps the given order.
 */
export type NamedRecords =
  Readonly<Record<string, CertificationRecord>> | ReadonlyMap<string, CertificationRecord>;

/** A record with its name and the style of its lines. */
export interface DrawnRecord {
  readonly name: string;
  readonly record: CertificationRecord;
  readonly line: LineStyle;
}

/**
 * Returns the records in order, with their line styles: blue and dashed for constant σ, orange and solid for σ(x), and
 * other shades for further records of a kind.
 *
 * @throws RangeError if a record has no rows
 */
export function drawnRecords(records: NamedRecords): readonly DrawnRecord[] {
  const seen = { constant: 0, inputDependent: 0 };
  return (records instanceof Map ? [...records] : Object.entries(records)).map(([name, record]) => {
    if (record.rows.length === 0) throw new RangeError(`record ${name} has no rows`);
    const { isConstant } = record.configuration.variance;
    const kind = isConstant ? "constant" : "inputDependent";
    const color = SHADES[kind][seen[kind]++ % SHADES[kind].length];
    return { name, record, line: { ...(isConstant ? CONSTANT : INPUT_DEPENDENT), color } };
  });
}

/**
 * Appends n to the title of a figure if all records have the same n: radii depend on n. The n of a log of another
 * program, which has no seed, is not known.
 */
export function withSampleSize(title: string, records: readonly DrawnRecord[]): string {
  const sizes = new Set(records.map(({ record }) => record.configuration.n));
  const areKnown = records.every(({ record }) => !Number.isNaN(record.configuration.seed));
  return areKnown && sizes.size === 1 ? `${title}, n = ${countText([...sizes][0])}` : title;
}
