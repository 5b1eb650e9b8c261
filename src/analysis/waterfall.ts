import type { CertificationRecord } from "../experiments/record";
import { termsOf } from "../experiments/run-configuration";
import { largest } from "../numerics/summaries";
import { type Ballot, certificateOf } from "../smoothing/certify";

/**
 * Returns, for each input of a record, the largest radius that could have been certified: the radius for n
 * unanimous votes.
 *
 * With constant σ and fixed n, the largest radius is σ Φ⁻¹(α^(1/n)) for all inputs, and the certified
 * accuracy is 0 at every larger radius (the "waterfall"). With σ(x), each input has its own largest radius.
 */
export function radiusLimits({ configuration, rows }: CertificationRecord): number[] {
  const terms = termsOf(configuration);
  const unanimous = (sigma: number, classCount: number): Ballot => {
    const votes = [configuration.n, ...new Array<number>(classCount - 1).fill(0)];
    return { sigma, selectionVotes: votes, votes };
  };
  return rows.map(({ sigma, votes, selector }) => {
    const ballot = unanimous(sigma, votes.length || configuration.classCount); // logs of other programs have no votes
    const selection = selector && unanimous(selector.sigma, selector.votes.length);
    return certificateOf({ ...ballot, ...(selection && { selector: selection }) }, terms).radius;
  });
}

/** A comparison of the radii of two runs on the same inputs. The keys are the headings of a table. */
export interface RadiusComparison {
  readonly "largest radius, first": number;
  readonly "largest radius, second": number;
  /** The number of inputs that have the largest radius in the first run. */
  readonly "reach the first's largest": number;
  /** The number of inputs whose radius in the second run exceeds the largest radius in the first run. */
  readonly "beyond the first's largest": number;
  /** The number of inputs whose radius is larger in the second run than in the first. */
  readonly "gain radius": number;
  /** The number of inputs whose radius is smaller in the second run than in the first. */
  readonly "lose radius": number;
}

/**
 * Compares the radii of two runs on the same inputs, input by input. Inputs whose predicted class is wrong
 * are compared too; an abstention has radius 0.
 */
export function compareRadii(first: CertificationRecord, second: CertificationRecord): RadiusComparison {
  const radii = [first, second].map(({ rows }) => rows.map(({ radius }) => radius));
  const [most, other] = radii.map(largest);
  const changes = radii[1].map((radius, i) => radius - radii[0][i]);
  return {
    "largest radius, first": most,
    "largest radius, second": other,
    "reach the first's largest": radii[0].filter((radius) => radius === most).length,
    "beyond the first's largest": radii[1].filter((radius) => radius > most).length,
    "gain radius": changes.filter((change) => change > 0).length,
    "lose radius": changes.filter((change) => change < 0).length,
  };
}
