import { expect, it } from "vitest";
import {
  largest,
  mean,
  quantile,
  shareAtLeast,
  smallest,
  standardDeviation,
} from "../../src/numerics/summaries";

it("mean and standard deviation follow their definitions", () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(mean(Float64Array.of(0.5))).toBe(0.5);
  expect(mean([])).toBeNaN();
  expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2);
  expect(standardDeviation([0.3])).toBe(0);
});

it("the largest and the smallest of more values than a call has arguments are found", () => {
  const values = Float64Array.from({ length: 2 ** 20 }, (_, i) => Math.sin(i));
  expect([smallest(values), largest(values)]).toEqual([
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ]);
  expect([smallest([]), largest([])]).toEqual([Infinity, -Infinity]);
});

it("a quantile is interpolated linearly between two values", () => {
  expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile([1, 2, 4], p))).toEqual([1, 1.5, 2, 3.6, 4]);
  expect(quantile([7], 0.3)).toBe(7);
});

it("a staircase holds the share of values at least as large as the radius of a corner", () => {
  const corners = shareAtLeast([0.3, 0.1, 0.3, 0.2], 8);
  expect(corners.map(({ radius }) => radius)).toEqual([0, 0.1, 0.2, 0.3, 0.3, 0.3]);
  expect(corners.map(({ share }) => share)).toEqual([0.5, 0.5, 0.375, 0.25, 0.125, 0]);
  expect(shareAtLeast([], 3)).toEqual([
    { radius: 0, share: 0 },
    { radius: 0, share: 0 },
  ]);
});
