/**
 * The root of an increasing function with f(lower) ≤ 0 ≤ f(upper): secant steps from `start`, kept inside the
 * bracket; a bisection every fourth step bounds the number of steps when the function is far from straight.
 *
 * @param tolerance - relative; the last secant step is smaller than this, so the error is much smaller
 */
export function increasingRoot(
  f: (x: number) => number,
  lower: number,
  upper: number,
  start: number,
  tolerance: number,
): number {
  let x = lower;
  let fx = f(x);
  let next = start;
  for (let steps = 1; ; steps++) {
    const previous = x;
    const fPrevious = fx;
    x = next;
    fx = f(x);
    if (fx < 0) lower = x;
    else upper = x;
    next = x - (fx * (x - previous)) / (fx - fPrevious);
    if (Math.abs(next - x) <= tolerance * Math.abs(x) || upper - lower <= tolerance * Math.abs(x)) break;
    if (!(next > lower && next < upper) || steps % 4 === 0) next = (lower + upper) / 2;
  }
  return Math.min(Math.max(next, lower), upper);
}
