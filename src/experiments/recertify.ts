import { requireFraction } from "../numerics/arguments";
import { certificateOf } from "../smoothing/certify";
import type { ConfidenceBound } from "../sampling/sampling-plan";
import { type CertificationRecord, openRecord, readRecord, termsOf, type RunConfiguration } from "./record";

/** What to compute a record anew with; what is not given stays. */
export interface RecertifyChanges {
  /** α in (0, 1). */
  readonly alpha?: number;
  /** Rate r, at least that of the variance function: a function that changes slowly has every larger rate too. */
  readonly rate?: number;
  /** A bound that holds for the way in which the record was sampled. */
  readonly bound?: ConfidenceBound;
}

/**
 * Computes p_A and the radii of a record anew from its votes, without sampling, and writes a new record.
 *
 * One α is chosen for a guarantee: to try several and keep the best is no certificate.
 *
 * @throws Error if the record has no row; RangeError if the rate is below that of the variance function, or if the bound does not hold for samples
 * whose number was chosen while sampling
 */
export async function recertify(
  folder: string,
  { alpha, rate, bound }: RecertifyChanges,
  newFolder: string,
  command: string,
): Promise<CertificationRecord> {
  const record = await readRecord(folder);
  if (record.rows.length === 0) throw new Error(`${folder}: has no certified image yet`);
  const begun = record.configuration;
  const variance = { ...begun.variance, rate: rate ?? begun.variance.rate };
  const changed = { alpha: alpha ?? begun.alpha, bound: bound ?? begun.bound };
  const configuration: RunConfiguration = { ...begun, ...changed, variance };
  requireFraction("alpha", changed.alpha);
  if (!(variance.rate >= begun.variance.rate && variance.rate < Infinity)) {
    throw new RangeError(
      `rate must be at least that of the variance function (${begun.variance.rate}), got ${variance.rate}`,
    );
  }
  if (begun.sampling.name !== "fixed" && changed.bound === "clopper-pearson") {
    throw new RangeError(
      `bound must be "confidence-sequence" for ${folder}, whose number of samples was chosen while sampling: ` +
        `Clopper-Pearson does not hold for it`,
    );
  }

  const terms = termsOf(configuration);
  const rows = record.rows.map((row) => {
    const certificate = certificateOf(row, terms);
    return { ...row, ...certificate, correct: certificate.predicted === row.label ? 1 : 0 };
  });
  const written = await openRecord(newFolder, configuration, command);
  try {
    for (const row of rows.slice(written.rows.length)) await written.append(row);
  } finally {
    await written.close();
  }
  return { configuration, command, rows };
}
