/**
 * The computation behind the calculator on the index page. It takes the texts of the calculator's fields and
 * runs in the browser.
 */
import { type CertifiedRadius, certifiedRadius } from "../certificates/certified-radius";
import { worstCaseProbability } from "../certificates/worst-case";
import {
  DOUBLES,
  isBeyondDoubles,
  requireFraction,
  requireInteger,
  requireNonNegative,
  requirePositive,
  requireProbability,
  roundsToOne,
} from "../numerics/arguments";
import { probabilityDown } from "../numerics/rounded-down";
import { clopperPearsonLower } from "../probability/binomial";

/** The names of the calculator's fields. */
export const FIELDS = ["dimension", "sigma", "rate", "pA", "votes", "n", "alpha"] as const;

/** The texts of the calculator's fields, and whether p_A is given or computed from votes. */
export interface CalculatorInput extends Readonly<Record<(typeof FIELDS)[number], string>> {
  readonly from: "pA" | "votes";
}

/** The values that the calculator shows. */
export interface Calculation extends CertifiedRadius {
  /** The value of p_A: the given value rounded down, or the Clopper-Pearson bound from the votes. */
  readonly pA: number;
  /**
   * The share of Cohen's radius that is lost with σ(x), 1 − R/R_Cohen; undefined if Cohen's radius is 0 or
   * infinite.
   */
  readonly loss: number | undefined;
  /** The curves of ξ against the distance from x0; undefined if there is nothing to plot. */
  readonly curves: Curves | undefined;
}

/** The largest probability ξ(a, s1) of leaving class A, at several distances a. */
export interface Curves {
  readonly distances: readonly number[];
  /** The values of ξ at s1 = s0. */
  readonly constant: readonly number[];
  /** The values of ξ at s1 = s0 exp(−ra). */
  readonly decreasing: readonly number[];
  /** The values of ξ at s1 = s0 exp(ra). */
  readonly increasing: readonly number[];
}

/** The maximum number n of samples; larger numbers are slow and untested. */
const MOST_TRIALS = 1e9;

/**
 * Computes the certified radius and the values that accompany it.
 *
 * @throws RangeError naming the field that is out of range
 */
export function calculate(input: CalculatorInput): Calculation {
  const dimension = numberOf("N", input.dimension);
  requireInteger("N", dimension, 1);
  const sigma = numberOf("σ", input.sigma);
  requirePositive("σ", sigma);
  const rate = numberOf("r", input.rate);
  requireNonNegative("r", rate);
  const pA = input.from === "pA" ? givenProbability(input.pA) : probabilityOfVotes(input);
  const result = certifiedRadius({ dimension, sigma, rate, pA });
  const { radius, cohen } = result;
  const isPlain = cohen > 0 && cohen < Infinity;
  return {
    ...result,
    pA,
    loss: isPlain ? 1 - radius / cohen : undefined,
    curves: isPlain ? curves({ dimension, sigma, rate, pA, cohen }) : undefined,
  };
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "") throw new RangeError(`${name} is missing`);
  if (Number.isNaN(value)) throw new RangeError(`${name} must be a number, got "${text.trim()}"`);
  if (isBeyondDoubles(text)) throw new RangeError(`${name} must be ${DOUBLES}, got "${text.trim()}"`);
  return value;
}

function givenProbability(text: string): number {
  const pA = numberOf("p_A", text);
  requireProbability("p_A", pA);
  if (roundsToOne(text)) {
    throw new RangeError(`p_A rounds to 1 in double precision, got "${text.trim()}"`);
  }
  return probabilityDown(text);
}

function probabilityOfVotes(input: CalculatorInput): number {
  const n = numberOf("n", input.n);
  requireInteger("n", n, 1, MOST_TRIALS);
  const votes = numberOf("n_A", input.votes);
  requireInteger("n_A", votes, 0, n);
  const alpha = numberOf("α", input.alpha);
  requireFraction("α", alpha);
  return clopperPearsonLower(votes, n, alpha);
}

const POINTS = 81;
/** The largest change of ln σ that matters: ξ no longer changes if σ1/σ0 is beyond exp(±300). */
const LARGEST_CHANGE = 300;

function curves(at: { dimension: number; sigma: number; rate: number; pA: number; cohen: number }): Curves {
  const { dimension, sigma, rate, pA, cohen } = at;
  const distances = Array.from({ length: POINTS }, (_, i) => (1.1 * cohen * i) / (POINTS - 1));
  // All lengths are in units of σ0, because only ratios matter.
  const along = (side: number): number[] =>
    distances.map((distance) => {
      const change = Math.min(rate * distance, LARGEST_CHANGE);
      return worstCaseProbability({
        dimension,
        sigma0: 1,
        sigma1: Math.exp(side * change),
        distance: distance / sigma,
        pA,
      });
    });
  return { distances, constant: along(0), decreasing: along(-1), increasing: along(1) };
}
