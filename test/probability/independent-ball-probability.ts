/*
 * The probability of a ball, by two methods that share nothing with the package's contour integral: a Poisson
 * mixture of central chi-squared distributions where λ is moderate, and quadrature over the distance from the
 * line through the ball's center where λ is large. Both are far slower, and good to about 1e-12.
 */

import type { Ball } from "../../src/probability/ball-probability";

export interface InsideOutside {
  readonly inside: number;
  readonly outside: number;
}

export function independentBallProbability(ball: Ball): InsideOutside {
  const { dimension: n, squaredDistance: lambda, squaredRadius: x, offset: d } = ball;
  if (n === 1 && lambda > 1000) return interval(lambda, x, d);
  return lambda <= Math.max(1000, 400 * Math.sqrt(n))
    ? poissonMixture(n, lambda, x)
    : crossSections(n, lambda, x, d);
}

/** ln(1 + t) − t for |t| ≤ 0.1, by its Taylor series. */
function log1pMinus(t: number): number {
  let sum = 0;
  let power = -t * t;
  for (let k = 2; Math.abs(power) > 1e-19 * t * t; k++) {
    sum += power / k;
    power *= -t;
  }
  return sum;
}

/** ln Γ(a + 1) − (a ln a − a) for a ≥ 12, by Stirling's series. */
function stirling(a: number): number {
  const s = 1 / (a * a);
  const series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / a;
  return series + Math.log(2 * Math.PI * a) / 2;
}

/** x^a e^(−x) / Γ(a + 1). */
function gammaTerm(a: number, x: number): number {
  if (a >= 12) {
    const t = (x - a) / a;
    const exponent = Math.abs(t) <= 0.1 ? a * log1pMinus(t) : a * Math.log(x / a) - (x - a);
    return Math.exp(exponent - stirling(a));
  }
  let product = 1;
  let b = a;
  while (b < 12) product *= ++b;
  return product * Math.exp(a * Math.log(x) - x - (b * Math.log(b) - b) - stirling(b));
}

/** The regularised incomplete gamma functions P(a, x) and Q(a, x). */
function incompleteGamma(a: number, x: number): InsideOutside {
  if (x < a + 1) {
    let term = 1;
    let sum = 0;
    for (let k = 1; term > 1e-18 * sum; k++) {
      sum += term;
      term *= x / (a + k);
    }
    const inside = gammaTerm(a, x) * sum;
    return { inside, outside: 1 - inside };
  }
  // Legendre's continued fraction, by Lentz's method.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; ; k++) {
    b += 2;
    d = 1 / (k * (a - k) * d + b);
    c = b + (k * (a - k)) / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 4e-16) break;
  }
  const outside = gammaTerm(a, x) * a * fraction;
  return { inside: 1 - outside, outside };
}

/** Σ_j Poisson(j; λ/2) · χ²_{N+2j}, by positive terms: inside summed downwards, outside upwards. */
export function poissonMixture(n: number, lambda: number, x: number): InsideOutside {
  if (x <= 0) return { inside: 0, outside: 1 };
  const mean = lambda / 2;
  const half = x / 2;
  const spread = 22 * Math.sqrt(mean) + 60;
  const first = Math.max(0, Math.floor(mean - spread));
  let count = Math.ceil(mean + spread) - first + 1;
  const weights = new Float64Array(count);
  weights[0] = first === 0 ? Math.exp(-mean) : gammaTerm(first, mean);
  for (let j = 1; j < count; j++) weights[j] = (weights[j - 1] * mean) / (first + j);

  // Terms that are too small for a double leave nothing to recur from; they do not matter either.
  const a0 = n / 2 + first;
  let start = 0;
  while (a0 + start < half && gammaTerm(a0 + start, half) < 1e-290) start += 5;
  let outside = 0;
  let q = incompleteGamma(a0 + start, half).outside;
  let term = gammaTerm(a0 + start, half);
  for (let j = start; j < count; j++) {
    outside += weights[j] * q;
    q += term;
    term *= half / (a0 + j + 1);
  }
  while (count > 1 && gammaTerm(a0 + count - 2, half) < 1e-290) count = Math.floor(count * 0.9);
  let inside = 0;
  let p = incompleteGamma(a0 + count - 1, half).inside;
  term = gammaTerm(a0 + count - 2, half);
  for (let j = count - 1; j >= 0; j--) {
    inside += weights[j] * p;
    p += term;
    term *= (a0 + j - 1) / half;
  }
  return { inside, outside };
}

/** Nodes and weights of the 16-point Gauss-Legendre rule on [−1, 1], by Newton's iteration. */
const RULE = Array.from({ length: 16 }, (_, i) => {
  let x = Math.cos((Math.PI * (i + 0.75)) / 16.5);
  let slope = 0;
  for (let steps = 0; steps < 8; steps++) {
    let [previous, value] = [1, x];
    for (let k = 2; k <= 16; k++)
      [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
    slope = (16 * (previous - x * value)) / (1 - x * x);
    x -= value / slope;
  }
  return { x, weight: 2 / ((1 - x * x) * slope * slope) };
});

/** Φ(−t). */
function upperNormal(t: number): number {
  const { outside } = incompleteGamma(0.5, (t * t) / 2);
  return t > 0 ? outside / 2 : 1 - outside / 2;
}

/** N = 1: the ball is an interval. */
function interval(lambda: number, x: number, d: number): InsideOutside {
  const near = (d - 1) / (Math.sqrt(lambda) + Math.sqrt(x));
  const far = upperNormal(Math.sqrt(lambda) + Math.sqrt(x));
  return { inside: upperNormal(near) - far, outside: upperNormal(-near) + far };
}

/**
 * The expectation, over the distance w of the vector from the line through the ball's center, of the normal
 * probability of the ball's section at that distance. Valid while the ball is wider than any such w.
 */
export function crossSections(n: number, lambda: number, x: number, d: number): InsideOutside {
  const center = Math.sqrt(lambda);
  const middle = Math.sqrt(n - 1);
  const from = Math.max(0, middle - 12);
  const panels = Math.ceil(middle + 12 - from);
  const width = (middle + 12 - from) / panels;
  let inside = 0;
  let outside = 0;
  for (let panel = 0; panel < panels; panel++) {
    for (const node of RULE) {
      const w = from + width * (panel + (node.x + 1) / 2);
      const section = Math.sqrt(x - w * w);
      const near = (w * w - n + d) / (center + section);
      const far = upperNormal(center + section);
      const density = ((n - 1) / w) * gammaTerm((n - 1) / 2, (w * w) / 2) * node.weight * (width / 2);
      inside += density * (upperNormal(near) - far);
      outside += density * (upperNormal(-near) + far);
    }
  }
  return { inside, outside };
}
