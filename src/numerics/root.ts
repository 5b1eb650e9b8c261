/**
 * Finds the root of an increasing function with f(lower) ≤ 0 ≤ f(upper). The method takes secant steps from
 * `start` and keeps them inside the bracket. Every fourth step is a bisection, which bounds the number of steps
 * even if the function is far from linear. The function may be infinite away from its root.
 *
 * @param tolerance - the relative tolerance: the method stops once a secant step is smaller than this, so the
 *   error is far below the tolerance
 */
export function increasingRoot(
  f: (x: number) => number,
  lower: number,
  upper: number,
  start: number,
  tolerance: number,
): number {
  let previous = lower;
  let fPrevious = f(previous);
  let x = start;
  for (let steps = 1; upper - lower > tolerance * Math.abs(upper); steps++) {
    const fx = f(x);
    if (fx < 0) lower = x;
    else upper = x;
    const middle = (lower + upper) / 2;
    const slope = (fx - fPrevious) / (x - previous);
    const usable = slope > 0 && slope < Infinity;
    const secant = usable ? x - fx / slope : middle;
    if (usable && Math.abs(secant - x) <= tolerance * Math.abs(x)) {
      return Math.min(Math.max(secant, lower), upper);
    }
    if (!(lower < middle && middle < upper)) break; // no double lies between the two
    previous = x;
    fPrevious = fx;
    x = secant > lower && secant < upper && steps % 4 !== 0 ? secant : middle;
  }
  return lower;
}
