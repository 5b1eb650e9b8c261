import { requireFraction } from "../numerics/arguments";
import { certificateOf } from "../smoothing/certify";
import type { ConfidenceBound } from "../sampling/class-bounds";
import { type CertificationRecord, readRecord, rowOf } from "./record";
import { writeRecord } from "./record-writer";
import { checkedConfiguration, termsOf } from "./run-configuration";

/** What to change when a record is recomputed; omitted fields stay as they are. */
export interface RecertifyChanges {
  /** α in (0, 1). */
  readonly alpha?: number;
  /** Rate r, at least that of the variance function: a function that changes slowly has every larger rate too. */
  readonly rate?: number;
  /** A bound that holds for the way in which the record was sampled. */
  readonly bound?: ConfidenceBound;
}

/**
 * Recomputes p_A and the radii of a record from its votes, without sampling.
 *
 * Choose one α in advance: trying several and keeping the best gives no guarantee.
 *
 * @param source - a record, or the folder of one
 * @param newFolder - where the new record is written; by default nowhere
 * @param command - what the new record says made it
 * @throws Error if the record has no row, or `newFolder` holds another; RangeError if the rate is below that of the
 * variance function, or if the bound does not hold for samples whose number was chosen while sampling
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
  if (record.rows.length === 0) throw new Error(`${name}: has no certified image yet`);
  const begun = record.configuration;
  if (begun.dual && rate !== undefined) {
    throw new RangeError(`rate must not be given for ${name}: its σ(x) is constant near each image, r = 0`);
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
      `bound must be "confidence-sequence" for ${name}, whose number of samples was chosen while sampling: ` +
        `"${changed.bound}" does not hold for it`,
    );
  }

  const configuration = checkedConfiguration("the new record", { ...begun, ...changed, variance });
  const terms = termsOf(configuration);
  const rows = record.rows.map((row) => rowOf(certificateOf(row, terms), row));
  const renewed = { configuration, ...(command !== undefined && { command }), rows };
  if (newFolder !== undefined) await writeRecord(newFolder, renewed);
  return renewed;
}
