import type { CertificationRecord } from "../experiments/record";
import { mean } from "../numerics/summaries";
import { ABSTAIN } from "../smoothing/certify";
import { certifiedAccuracy } from "./certified-accuracy";

/** A summary of a certification run in one row, with the quantities that are usual in the field. */
export interface RecordSummary {
  /** The name of the variance function. */
  variance: string;
  /** The semi-elasticity rate r of the variance function. */
  rate: number;
  /** The mean of σ(x) over the certified inputs. */
  meanSigma: number;
  /** The number of certified inputs. */
  inputs: number;
  /** The share of inputs whose predicted class is the label; an abstention counts as an error. */
  accuracy: number;
  /** The share of inputs at which the smoothed classifier abstains. */
  abstained: number;
  /**
   * The average certified radius (Zhai et al. 2020, MACER); if the predicted class is wrong, the radius
   * counts as 0.
   */
  averageRadius: number;
}

/**
 * Summarizes a record in one row.
 *
 * @throws RangeError if the record has no rows
 * @example
 * const { accuracy, averageRadius } = summarize(await readRecord("records/cifar10-0.5-r0.01"));
 * accuracy; // 0.654
 * averageRadius; // 0.4837…
 */
export function summarize({ configuration, rows }: CertificationRecord): RecordSummary {
  return {
    variance: configuration.variance.name,
    rate: configuration.variance.rate,
    accuracy: certifiedAccuracy(rows, 0),
    inputs: rows.length,
    meanSigma: mean(rows.map((row) => row.sigma)),
    abstained: mean(rows.map((row) => (row.predicted === ABSTAIN ? 1 : 0))),
    averageRadius: mean(rows.map((row) => row.correct * row.radius)),
  };
}
