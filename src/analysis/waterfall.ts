import type { CertificationRecord } from "../experiments/record";
import { termsOf } from "../experiments/run-configuration";
import { type Ballot, certificateOf } from "../smoothing/certify";

/**
 * The largest radius that each input of a record could have been certified at: that of N votes for one class.
 *
 * With constant σ it is one number, σ Φ⁻¹(α^(1/N)) for fixed N, where the certified accuracy falls to 0 however sure
 * the base classifier is (the "waterfall"); with σ(x) each input has its own.
 */
export function radiusLimits({ configuration, rows }: CertificationRecord): number[] {
  const terms = termsOf(configuration);
  const unanimous = (sigma: number, classCount: number): Ballot => {
    const votes = [configuration.n, ...new Array<number>(classCount - 1).fill(0)];
    return { sigma, selectionVotes: votes, votes };
  };
  return rows.map(({ sigma, votes, selector }) => {
    const ballot = unanimous(sigma, votes.length || configuration.classCount); // a log of another program has no votes
    const selection = selector && unanimous(selector.sigma, selector.votes.length);
    return certificateOf({ ...ballot, ...(selection && { selector: selection }) }, terms).radius;
  });
}
