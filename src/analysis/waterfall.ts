import type { CertificationRecord } from "../experiments/record";
import { termsOf } from "../experiments/run-configuration";
import { type Ballot, certificateOf } from "../smoothing/certify";

/**
 * The largest radius that each input of a record could have been certified at: that of n votes for one class.
 *
 * With constant σ it is one number, σ Φ⁻¹(α^(1/n)) for fixed n, where the certified accuracy falls to 0 even for
 * unanimous votes (the "waterfall"); with σ(x) each input has its own.
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

/** How the radii of two runs on the same inputs differ; its keys are the headings of a table. */
export interface RadiusComparison {
  readonly "largest radius, first": number;
  readonly "largest radius, second": number;
  /** Inputs with a larger radius in the second run than any in the first. */
  readonly "beyond the first's largest": number;
  /** Inputs whose radius is larger in the second run, and those whose radius is smaller. */
  readonly "gain radius": number;
  readonly "lose radius": number;
}

/** Compares the radii of two runs on the same inputs, right or wrong, input by input; an abstention has radius 0. */
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
