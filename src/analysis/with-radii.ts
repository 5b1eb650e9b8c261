import type { CertificationRecord, RecordRow } from "../experiments/record";
import { ABSTAIN } from "../smoothing/certify";

/**
 * A record with other radii for the same votes, for comparing what another formula makes of them. Only the radii of
 * `certifiedRadius` are certified; other formulas serve comparison.
 *
 * @param formula - a radius of at least 0, for each row that is not an abstention; that of an abstention stays 0
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
