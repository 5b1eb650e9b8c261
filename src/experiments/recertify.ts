import { requireFraction } from "../numerics/arguments";
import { certificateOf } from "../smoothing/certify";
import type { ConfidenceBound } from "../sampling/class-bounds";
import { type CertificationRecord, readRecord, rowOf } from "./record";
import { writeRecord } from "./record-writer";
import { checkedConfiguration, termsOf } from "./run-configuration";

/** What to change when a record is recomputed. Omitted fields stay unchanged. */
export interface RecertifyChanges {
  /** α in (0, 1). */
  readonly alpha?: number;
  /**
   * The rate r, at least the rate of the variance function: an r-semi-elastic function is also
   * r'-semi-elastic for every r' > r.
   */
  readonly rate?: number;
  /** A bound that is valid for the way in which the record was sampled. */
  readonly bound?: ConfidenceBound;
}

/**
 * Recomputes p_A and the radii of a record from its votes, without sampling.
 *
 * Choose α in advance: if you try several values and keep the best result, the guarantee is lost.
 *
 * @param source - a record or the folder of a record
 * @param newFolder - the folder for the new record; by default it is not written
 * @param command - the command that the new record names as its origin
 * @throws Error if the record has no rows, or if `newFolder` holds another record; RangeError if the rate is
 *   below the rate of the variance function, or if sampling could stop early and the bound is not valid for
 *   such samples
 * @example
 * const record = await readRecord("records/cifar10-0.5-mean");
 * const runnerUp = await recertify(record, { bound: "all-classes" });
 * summarize(runnerUp).averageRadius; // 0.5…
 */
export async function recertify(
  source: string | CertificationRecord,
  { alpha, rate, bound }: RecertifyChanges,
  newFolder?: string,
  command?: string,
): Promise<CertificationRecord> {
  const [name, record] =
    typeof source === "string" ? [source, await readRecord(source)] : ["the record", source];
  if (record.rows.length === 0) throw new Error(`${name}: must hold at least one certified image, got none`);
  const begun = record.configuration;
  if (begun.dual && rate !== undefined) {
    throw new RangeError(`rate must not be given for ${name}: its σ(x) is locally constant, r = 0`);
  }
  const newRate = rate ?? begun.variance.rate;
  const isConstant = begun.variance.isConstant && newRate === 0;
  const variance = { ...begun.variance, rate: newRate, isConstant };
  const changed = { alpha: alpha ?? begun.alpha, bound: bound ?? begun.bound };
  requireFraction("alpha", changed.alpha);
  if (!(variance.rate >= begun.variance.rate && variance.rate < Infinity)) {
    throw new RangeError(
      `rate must be at least that of the variance function (${begun.variance.rate}), got ${variance.rate}`,
    );
  }
  if (begun.sampling.name !== "fixed" && changed.bound !== "confidence-sequence") {
    throw new RangeError(
      `bound must be "confidence-sequence" for ${name}, got "${changed.bound}": ` +
        `its numbers of samples were chosen while sampling`,
    );
  }

  const configuration = checkedConfiguration("the new record", { ...begun, ...changed, variance });
  const terms = termsOf(configuration);
  const rows = record.rows.map((row) => rowOf(certificateOf(row, terms), row));
  const renewed = { configuration, ...(command !== undefined && { command }), rows };
  if (newFolder !== undefined) await writeRecord(newFolder, renewed);
  return renewed;
}
