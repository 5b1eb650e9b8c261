import type { CertificationRecord } from "../experiments/record";
import { certificateOf } from "../smoothing/certify";

/**
 * The largest radius that each input of a record could have been certified at: that of N votes for one class.
 *
 * With constant σ it is one number, σ Φ⁻¹(α^(1/N)) for fixed N, where the certified accuracy falls to 0 however sure
 * the base classifier is (the "waterfall"); with σ(x) each input has its own.
 */
export function radiusLimits({ configuration, rows }: CertificationRecord): number[] {
  const { dataset, variance, n, alpha, bound } = configuration;
  const options = { dimension: dataset.dimension, rate: variance.rate, alpha, bound };
  return rows.map(({ sigma, candidate }) => certificateOf({ sigma, candidate, votes: n, n }, options).radius);
}
