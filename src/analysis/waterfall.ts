import type { CertificationRecord } from "../experiments/record";
import { termsOf } from "../experiments/run-configuration";
import { certificateOf } from "../smoothing/certify";

/**
 * The largest radius that each input of a record could have been certified at: that of N votes for one class.
 *
 * With constant σ it is one number, σ Φ⁻¹(α^(1/N)) for fixed N, where the certified accuracy falls to 0 however sure
 * the base classifier is (the "waterfall"); with σ(x) each input has its own.
 */
export function radiusLimits({ configuration, rows }: CertificationRecord): number[] {
  const terms = termsOf(configuration);
  return rows.map(({ sigma, candidate, selectionVotes, votes }) => {
    const unanimous = votes.map((_, c) => (c === candidate ? configuration.n : 0));
    return certificateOf({ sigma, selectionVotes, votes: unanimous }, terms).radius;
  });
}
