import { expect, it } from "vitest";
import { bootstrap } from "../../src/analysis/bootstrap";

it("the bootstrap of a statistic other than the mean has the spread of that statistic", () => {
  const values = Array.from({ length: 400 }, (_, i) => ((Math.sin(i + 1) * 43758.5453) % 1) + 1);
  // The ratio of two means, whose standard error the delta method gives.
  const [{ value, low, high }] = bootstrap(400, (times) => {
    let [sum, squares] = [0, 0];
    values.forEach((v, i) => ((sum += times[i] * v), (squares += times[i] * v * v)));
    return [squares / sum];
  });
  const mean = values.reduce((sum, v) => sum + v, 0) / 400;
  const error = Math.sqrt(values.reduce((sum, v) => sum + ((v * v - value * v) / mean) ** 2, 0)) / 400;
  expect((high - low) / (2 * 1.96 * error)).toBeGreaterThan(0.88);
  expect((high - low) / (2 * 1.96 * error)).toBeLessThan(1.12);
});

it("the bootstrap resamples differently for each seed up to 2^53 − 1", () => {
  const mean = (times: ArrayLike<number>): number[] => [
    Array.from(times).reduce((sum, n, i) => sum + n * i ** 2, 0),
  ];
  const intervals = [7, 7 + 2 ** 32, 2 ** 53 - 1, 2 ** 32 - 1].map(
    (seed) => bootstrap(50, mean, 100, seed)[0].low,
  );
  expect(new Set(intervals).size).toBe(4);
});
