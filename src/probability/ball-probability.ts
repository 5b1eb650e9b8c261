import { log1pMinus, minusArctan } from "./elementary";
import { normalDensity, normalQuantile, normalQuantileFromCenter } from "./normal";

/*
 * The probability that a standard normal vector e in N dimensions lies in a ball,
 *
 *   P(‖e − c‖² ≤ x),   ‖c‖² = λ,
 *
 * is computed for every N, every λ and both tails. By the Laplace transform of the noncentral chi-squared
 * distribution,
 *
 *   P(‖e − c‖² ≤ x) = (1/2πi) ∫ exp(ψ(u)) du/u,
 *   ψ(u) = (λ/2) u²/(1 + u) + (N/2) (u − ln(1 + u)) − d u/2,   d = N + λ − x,
 *
 * along any path that passes to the right of the pole u = 0 and ends in the left half-plane. On a path that
 * passes to the left of the pole, the integral is minus the probability outside the ball.
 *
 * The path used is the parabola 1 + u = w (1 + iη)² through the saddle point of ψ, x w² = N w + λ. On this path
 * the integrand is bell-shaped and smooth, so the midpoint rule converges exponentially: about 13 nodes give
 * full double precision. The pole, which lies at distance D = 1 − 1/√w from the path, adds 1 / (1 + exp(2πD/h))
 * to the sum with step h. If the probability is near 1/2, the path goes through the pole itself (w = 1), and
 * the pole then adds 1/2.
 *
 * No step suffers from cancellation: if the probability is near 1/2, its difference from 1/2 is computed;
 * otherwise the probability of the tail is computed directly. λ may be 0 or arbitrarily large (the limit is a
 * half-space).
 */

/** A ball in `dimension` dimensions, relative to a standard normal vector. */
export interface Ball {
  /** The dimension N. */
  readonly dimension: number;
  /** λ, the squared distance of the ball's center from the mean of the vector. */
  readonly squaredDistance: number;
  /** x, the squared radius. */
  readonly squaredRadius: number;
  /**
   * d = N + λ − x, positive if the ball holds less than about half of the probability. Both d and x are
   * stored, because d keeps its digits for large λ, and x keeps its digits if it is small.
   */
  readonly offset: number;
}

export interface BallProbability {
  /** The probability of the inside of the ball. */
  readonly inside: number;
  /**
   * The probability of the outside of the ball, 1 − `inside`. A small probability is computed without this
   * subtraction.
   */
  readonly outside: number;
  /** z, the normal quantile for which `inside` = Φ(−z) and `outside` = Φ(z). */
  readonly z: number;
  /** The derivative of `inside` with respect to the squared radius. */
  readonly density: number;
}

/**
 * The exponent of the precision: terms that the midpoint rule omits are below exp(−44), relative to the value
 * at the saddle point.
 */
const PRECISION = 44;

interface ContourSum {
  readonly probability: number;
  readonly density: number;
  readonly step: number;
  /**
   * Half the width of the strip around the path. The size of the integrand in the strip bounds the error of the
   * sum.
   */
  readonly strip: number;
}

/**
 * Computes the contour integrals of exp(ψ(u) − ψ(w − 1)) du/u and exp(ψ(u) − ψ(w − 1)) dη, without the
 * contribution of the pole, on the path 1 + u = w (1 + iη)². Here
 *
 *   ψ(u) − ψ(w − 1) = (Λ/2) (v − 1/v)² + (N/2) (v² − 1 − 2 ln v) − (d/2) (v² − 1),   v = 1 + iη.
 *
 * @param curvature - Λ = λ/w
 * @param pole - p = 1 − 1/w; the pole of du/u in the coordinate v² lies at 1 − p
 * @param offset - the remaining linear term d: 0 on the path through the saddle point
 */
function contourSum(dimension: number, curvature: number, pole: number, offset: number): ContourSum {
  // If the integrand grows by at most exp(growth) when it is continued by a distance s toward the branch point
  // v = 0, the error for step h is exp(growth − 2πs/h). The s used here is close to optimal.
  const reach = Math.sqrt((2 * PRECISION) / (2 * (2 * curvature + dimension) - offset));
  const strip = reach / (1 + reach);
  const lost = strip * (2 - strip); // 1 − v² at v = 1 − strip
  const growth =
    (curvature * (lost / (1 - strip)) ** 2 +
      dimension * (strip * strip - 2 * log1pMinus(-strip)) +
      offset * lost) /
    2;
  const step = (2 * Math.PI * strip) / (PRECISION + growth);

  let probability = 0;
  let density = 0;
  for (let eta = step / 2; ; eta += step) {
    const q = eta * eta;
    const bend = (curvature * q) / ((1 + q) * (1 + q));
    const decay = (bend * ((2 + q) * (2 + q) - q) + dimension * (q + Math.log1p(q)) - offset * q) / 2;
    if (!(decay <= PRECISION)) break;
    const phase = bend * (2 + q) * eta + dimension * minusArctan(eta) - offset * eta;
    const size = Math.exp(-decay);
    const re = size * Math.cos(phase);
    const im = size * Math.sin(phase);
    probability += ((pole + q) * re + eta * (2 + q - pole) * im) / ((pole - q) * (pole - q) + 4 * q);
    density += re - eta * im;
  }
  return {
    probability: (2 / Math.PI) * step * probability,
    density: (step / Math.PI) * density,
    step,
    strip,
  };
}

/** Quantiles up to this size are computed on the path through the pole. */
const CENTRAL = 1;

/**
 * Computes the probabilities of the inside and the outside of a ball. The relative error is about 1e-13 in the
 * far tails (because the exponent is rounded) and 1e-15 near 1/2.
 */
export function ballProbability(ball: Ball): BallProbability {
  const { dimension, squaredDistance, squaredRadius, offset } = ball;
  if (squaredRadius <= 0) return { inside: 0, outside: 1, z: Infinity, density: 0 };
  // If the square of x would overflow, the probability of the outside underflows.
  if (squaredRadius > 1e100 * (dimension + squaredDistance)) {
    return { inside: 1, outside: 0, z: -Infinity, density: 0 };
  }

  // The saddle point solves x w² = N w + λ.
  const root = Math.hypot(dimension, 2 * Math.sqrt(squaredDistance) * Math.sqrt(squaredRadius));
  const inverse = (2 * squaredRadius) / (dimension + root); // 1/w
  const slope = 2 * squaredRadius - dimension;
  const pole = slope > 0 ? (2 * offset * inverse) / (slope + root) : 1 - inverse; // 1 − 1/w
  // ψ at the saddle point, the exponent of Chernoff's bound.
  const logarithm = Math.abs(pole) < 0.3 ? log1pMinus(-pole) : Math.log(inverse) + pole;
  const exponent = (dimension * logarithm - squaredDistance * pole * pole) / 2;

  if (exponent > -(CENTRAL * CENTRAL) / 2) {
    const { probability, density } = contourSum(dimension, squaredDistance, 0, offset);
    const z = -normalQuantileFromCenter(probability);
    return { inside: 0.5 + probability, outside: 0.5 - probability, z, density };
  }
  const sum = contourSum(dimension, squaredDistance * inverse, pole, 0);
  const scale = Math.exp(exponent);
  // The pole contributes to the sum only if it lies within the strip.
  const distance = Math.abs(pole) / (1 + Math.sqrt(inverse));
  const polesShare = distance < sum.strip ? 1 / (1 + Math.exp((2 * Math.PI * distance) / sum.step)) : 0;
  const tail = scale * Math.abs(sum.probability) + polesShare;
  const density = (scale * sum.density) / inverse;
  const z = -normalQuantile(tail);
  return pole > 0
    ? { inside: tail, outside: 1 - tail, z, density }
    : { inside: 1 - tail, outside: tail, z: -z, density };
}

/**
 * Finds the ball that holds the probability Φ(−z) and whose center is at squared distance λ from the mean.
 *
 * Newton's iteration is applied to the quantile as a function of ln w, where w is the saddle point. As a
 * function of ln w, the quantile is nearly linear.
 */
export function ballHolding(dimension: number, squaredDistance: number, z: number): Ball {
  if (z === Infinity) {
    return { dimension, squaredDistance, squaredRadius: 0, offset: dimension + squaredDistance };
  }
  if (z === -Infinity) {
    return { dimension, squaredDistance, squaredRadius: Infinity, offset: -Infinity };
  }
  const spread = 2 * squaredDistance + dimension;
  let lower = -750;
  let upper = 750;
  // The starting point: the normal approximation, corrected by the distance from the mean to the median.
  let y = z / Math.sqrt(spread / 2) + ((2 / 3) * (dimension + 3 * squaredDistance)) / (spread * spread);
  for (;;) {
    const ball = ballOfSaddlePoint(dimension, squaredDistance, y);
    const probability = ballProbability(ball);
    const excess = probability.z - z;
    if (excess > 0) upper = Math.min(upper, y);
    else lower = Math.max(lower, y);
    const w = Math.exp(y);
    const radiusSlope = (2 * squaredDistance) / (w * w) + dimension / w;
    const step = (excess * normalDensity(probability.z)) / (probability.density * radiusSlope);
    if (Math.abs(excess) < 1e-8) {
      // No step is taken if the density is too small for a double.
      return ballOfSaddlePoint(dimension, squaredDistance, Number.isFinite(step) ? y - step : y);
    }
    // The bracket closes only if the radius is too small for a double.
    if (upper - lower <= 1e-12 * Math.abs(y)) return ballOfSaddlePoint(dimension, squaredDistance, y);
    y -= step;
    if (!(y > lower && y < upper)) y = (lower + upper) / 2;
  }
}

/** Returns the ball whose saddle point is w = exp(y); its squared radius is x = λ/w² + N/w. */
function ballOfSaddlePoint(dimension: number, squaredDistance: number, y: number): Ball {
  const inverse = Math.exp(-y);
  const pole = -Math.expm1(-y);
  return {
    dimension,
    squaredDistance,
    squaredRadius: inverse * (squaredDistance * inverse + dimension),
    offset: pole * (squaredDistance * (1 + inverse) + dimension),
  };
}
