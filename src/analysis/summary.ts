import type { CertificationRecord } from "../experiments/record";
import { mean } from "../numerics/summaries";
import { ABSTAIN } from "../smoothing/certify";
import { certifiedAccuracy } from "./certified-accuracy";

/** A certification run in one row, with the quantities that are usual in the field. */
export interface RecordSummary {
  /** Name of the variance function. */
  variance: string;
  /** r, the semi-elasticity rate of the variance function. */
  rate: number;
  /** Mean of σ(x) over the certified inputs. */
  meanSigma: number;
  /** Number of certified inputs. */
  inputs: number;
  /** Share of inputs whose predicted class is the label; an abstention is an error. */
  accuracy: number;
  /** Share of inputs at which the smoothed classifier abstains. */
  abstained: number;
  /**
   * The average certified radius, where an input with a wrong class counts as 0 (Zhai et al. 2020, MACER).
   */
  averageRadius: number;
}

/**
 * Summarizes a record.
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
