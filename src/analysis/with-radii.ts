import type { CertificationRecord, RecordRow } from "../experiments/record";
import { ABSTAIN } from "../smoothing/certify";

/**
 * Replaces the radii of a record with the radii that another formula gives for the same votes, for
 * comparison. Only the radii of `certifiedRadius` are certified.
 *
 * @param formula - a function that returns a radius of at least 0 for a row; it is not called for
 *   abstentions, whose radius stays 0
 * @example
 * const record = await readRecord("records/cifar10-0.5-r0.01");
 * const quoted = withRadii(record, ({ sigma, pA }) => cohenRadius({ sigma, pA }));
 * summarize(quoted).averageRadius; // 0.5239…
 */
export function withRadii(
  record: CertificationRecord,
  formula: (row: RecordRow) => { readonly radius: number },
): CertificationRecord {
  const rows = record.rows.map((row) => ({
    ...row,
    radius: row.predicted === ABSTAIN ? 0 : formula(row).radius,
  }));
  return { ...record, rows };
}
