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
  return rows.map(({ sigma, votes }) => {
    const classCount = votes.length || configuration.classCount; // a log of another program has no votes
    const unanimous = [configuration.n, ...new Array<number>(classCount - 1).fill(0)];
    return certificateOf({ sigma, selectionVotes: unanimous, votes: unanimous }, terms).radius;
  });
}
