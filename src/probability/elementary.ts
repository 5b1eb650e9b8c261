/**
 * Differences of elementary functions that would lose their leading digits if they were computed as written.
 */

/** Computes ln(1 + x) − x for x > −1, to full relative precision. */
export function log1pMinus(x: number): number {
  if (x < -0.35 || x > 0.55) return Math.log1p(x) - x;
  // ln(1 + x) = 2 artanh(r) with r = x / (2 + x), and 2r − x = −xr.
  const r = x / (2 + x);
  const square = r * r;
  let sum = 0;
  let power = square;
  for (let k = 3; power > 1e-18 * square; k += 2) {
    sum += power / k;
    power *= square;
  }
  return r * (2 * sum - x);
}

/** Computes x − arctan(x), to full relative precision. */
export function minusArctan(x: number): number {
  if (Math.abs(x) > 0.25) return x - Math.atan(x);
  const square = x * x;
  let sum = 0;
  let power = square;
  for (let k = 3; Math.abs(power) > 1e-18 * square; k += 2) {
    sum += power / k;
    power *= -square;
  }
  return x * sum;
}
