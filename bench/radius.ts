/*
 * The time that a certified radius takes, and a check that no radius is too large.
 *
 *   npm run bench:radius                   # times 50 repetitions, and checks 1000 radii
 *   npm run bench:radius -- 1000000        # checks a million radii (about 20 minutes)
 *   npm run bench:radius -- 1000000 7      # other radii, with seed 7
 *
 * Timing: batches of 200 radii at N = 3072 (σ = 0.25, r = 0.01, p_A from 0.9 to 0.9999) and at other N; the
 * median over 50 batches, the fastest and the slowest batch, in microseconds per radius.
 *
 * Check: random arguments (seeded; N from 1 to 10⁷, σ from 0.05 to 5, r from 10⁻⁶ to 1, p_A from 1/2 + 10⁻⁶
 * to 1 − 10⁻¹²). At each side of each radius, the worst-case region is evaluated by methods that are
 * independent of the package's (a Poisson mixture or a quadrature). Its probability under x0 must be p_B, and
 * that under x1 at most 1/2, both up to the 10⁻¹¹ of those methods. If Φ⁻¹(p_A) > 1/2, it must be at most 1/2
 * without any tolerance. Prints the number of violations and the largest errors.
 */
import { certifiedRadius } from "../src/certificates/certified-radius";
import { seenFromOther } from "../src/certificates/worst-case";
import { ballHolding } from "../src/probability/ball-probability";
import { normalQuantile } from "../src/probability/normal";
import { independentBallProbability } from "../test/probability/independent-ball-probability";

/** A 32-bit generator (mulberry32): the same numbers in every run. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function time(dimension: number): void {
  const batch = (): number => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < 200; i++) {
      certifiedRadius({ dimension, sigma: 0.25, rate: 0.01, pB: 10 ** -(1 + i / 66) });
    }
    return Number(process.hrtime.bigint() - start) / 200 / 1000;
  };
  for (let i = 0; i < 5; i++) batch(); // warms up the compiler
  const times = Array.from({ length: 50 }, batch).sort((a, b) => a - b);
  const [least, median, most] = [times[0], times[25], times[49]].map((t) => t.toFixed(1));
  console.log(`N = ${dimension}: median ${median} µs per radius (${least} to ${most})`);
}

function check(count: number, seed: number): void {
  const random = uniform(seed);
  const between = (low: number, high: number): number => low * (high / low) ** random();
  let violations = 0;
  let [leaving, recovered] = [0, 0];
  const start = Date.now();
  for (let i = 0; i < count; i++) {
    const dimension = Math.round(between(1, 1e7));
    const sigma = between(0.05, 5);
    const rate = between(1e-6, 1);
    const pB = random() < 0.5 ? 0.5 - between(1e-6, 0.4) : between(1e-12, 0.5 - 1e-6);
    const result = certifiedRadius({ dimension, sigma, rate, pB });
    for (const side of [-1, 1]) {
      const distance = (side < 0 ? result.decreasing : result.increasing) / sigma;
      const square = Math.exp(2 * side * rate * sigma * distance);
      const gap = -Math.expm1(2 * side * rate * sigma * distance);
      const lambda = (distance / gap) ** 2;
      const ball = ballHolding(dimension, lambda, side * normalQuantile(pB));
      const seen0 = independentBallProbability(ball);
      const seen1 = independentBallProbability(seenFromOther(ball, square, gap, distance));
      const [p0, p1] = side < 0 ? [seen0.inside, seen1.inside] : [seen0.outside, seen1.outside];
      if (!(p1 <= (pB < 0.3 ? 0.5 : 0.5 + 1e-11) && Math.abs(p0 / pB - 1) <= 1e-11)) {
        violations++;
        console.log(
          `N ${dimension}, σ ${sigma}, r ${rate}, p_B ${pB}, side ${side}: P0/p_B ${p0 / pB}, P1 ${p1}`,
        );
      }
      leaving = Math.max(leaving, p1);
      recovered = Math.max(recovered, Math.abs(p0 / pB - 1));
    }
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(
    `${count} radii of seed ${seed}, ${violations} violations; largest ξ ${leaving}, ` +
      `largest relative error of p_B ${recovered.toExponential(1)} (${seconds} s)`,
  );
}

for (const dimension of [2, 784, 3072, 150528, 1e7]) time(dimension);
check(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 1));
