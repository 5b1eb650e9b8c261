import type { CertificationRecord } from "../experiments/record";
import { termsOf } from "../experiments/run-configuration";
import { type Ballot, certificateOf } from "../smoothing/certify";

/**
 * For each input of a record, the largest radius that could have been certified: the radius for n unanimous
 * votes.
 *
 * With constant σ and fixed n this is one number, σ Φ⁻¹(α^(1/n)), beyond which the certified accuracy is 0
 * even for unanimous votes (the "waterfall"). With σ(x) each input has its own.
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

/** How the radii of two runs on the same inputs differ. The keys are the headings of a table. */
export interface RadiusComparison {
  readonly "largest radius, first": number;
  readonly "largest radius, second": number;
  /** The number of inputs whose radius in the second run exceeds every radius in the first. */
  readonly "beyond the first's largest": number;
  /** The number of inputs whose radius is larger in the second run. */
  readonly "gain radius": number;
  /** The number of inputs whose radius is smaller in the second run. */
  readonly "lose radius": number;
}

/**
 * Compares the radii of two runs on the same inputs, input by input, whether the class is right or wrong. An
 * abstention has radius 0.
 */
export function compareRadii(first: CertificationRecord, second: CertificationRecord): RadiusComparison {
  const radii = [first, second].map(({ rows }) => rows.map(({ radius }) => radius));
  const [largest, other] = radii.map((values) => Math.max(...values));
  const changes = radii[1].map((radius, i) => radius - radii[0][i]);
  return {
    "largest radius, first": largest,
    "largest radius, second": other,
    "beyond the first's largest": radii[1].filter((radius) => radius > largest).length,
    "gain radius": changes.filter((change) => change > 0).length,
    "lose radius": changes.filter((change) => change < 0).length,
  };
}
