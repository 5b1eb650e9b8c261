import { requireFraction, requireText } from "../numerics/arguments";
import { requireOptions } from "../numerics/options";
import { certificateOf } from "../smoothing/certify";
import type { ConfidenceBound } from "../sampling/class-bounds";
import { fixedPlan } from "../sampling/sampling-plan";
import { type CertificationRecord, readRecord, rowOf } from "./record";
import { writeRecord } from "./record-writer";
import { checkedConfiguration, type RunConfiguration, termsOf } from "./run-configuration";

/** The changes to make when a record is recomputed. Omitted fields stay unchanged. */
export interface RecertifyChanges {
  /** The new error probability α, in (0, 1). */
  readonly alpha?: number;
  /**
   * The new rate r, at least the rate of the variance function. (A function that is r-semi-elastic is also
   * r'-semi-elastic for every r' > r.)
   */
  readonly rate?: number;
  /** The new confidence bound, which must be valid for the way in which the record was sampled. */
  readonly bound?: ConfidenceBound;
}

/**
 * Recomputes p_A and the radii of a record from its votes, without sampling.
 *
 * If sampling could stop early, α and r decided when it stopped. With another α or r, the new record keeps the old
 * ones in `sampledWith`, and is not resumed or merged as a run that sampled with the new ones.
 *
 * Choose α in advance: if you try several values of α and keep the best result, the guarantee is lost.
 *
 * @param source - a record or the folder of a record
 * @param newFolder - the folder for the new record; by default the new record is not written to disk
 * @param command - the command that is stored in the new record as its origin
 * @throws Error if the record has no rows, or if `newFolder` holds another record; RangeError if the rate is
 *   below the rate of the variance function, if the bound is not valid for the record because its sampling
 *   could stop early, or if a change is unknown
 * @example
 * const record = await readRecord("records/cifar10-0.5-mean");
 * const runnerUp = await recertify(record, { bound: "all-classes" });
 * summarize(runnerUp).averageRadius; // 0.5…
 */
export async function recertify(
  source: string | CertificationRecord,
  changes: RecertifyChanges,
  newFolder?: string,
  command?: string,
): Promise<CertificationRecord> {
  requireOptions("recertify", changes, { alpha: true, rate: true, bound: true });
  requireText("command", command);
  const { alpha, rate, bound } = changes;
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
  if (begun.sampling.name !== fixedPlan.name && changed.bound !== "confidence-sequence") {
    throw new RangeError(
      `bound must be "confidence-sequence" for ${name}, got "${changed.bound}": ` +
        `its numbers of samples were chosen while sampling`,
    );
  }

  const configuration = checkedConfiguration("the new record", withSampling(begun, { ...changed, variance }));
  const terms = termsOf(configuration);
  const rows = record.rows.map((row) => rowOf(certificateOf(row, terms), row));
  const renewed = { configuration, ...(command !== undefined && { command }), rows };
  return newFolder === undefined ? renewed : writeRecord(newFolder, renewed);
}

/**
 * Applies changes to a configuration, and keeps the α and the rate that decided when to stop sampling if they
 * are not the new ones.
 */
function withSampling(
  begun: RunConfiguration,
  changes: Pick<RunConfiguration, "alpha" | "bound" | "variance">,
): RunConfiguration {
  const { sampledWith = { alpha: begun.alpha, rate: begun.variance.rate }, ...others } = begun;
  const isSame =
    begun.sampling.name === fixedPlan.name ||
    (changes.alpha === sampledWith.alpha && changes.variance.rate === sampledWith.rate);
  return { ...others, ...changes, ...(!isSame && { sampledWith }) };
}
