import { expect, it } from "vitest";
import { shareAtLeast, thinned } from "../../src/figures/steps";

it("a staircase holds the share of values at least as large as the radius of a corner", () => {
  const corners = shareAtLeast([0.3, 0.1, 0.3, 0.2], 8);
  expect(corners.map(({ radius }) => radius)).toEqual([0, 0.1, 0.2, 0.3, 0.3, 0.3]);
  expect(corners.map(({ share }) => share)).toEqual([0.5, 0.5, 0.375, 0.25, 0.125, 0]);
  expect(shareAtLeast([], 3)).toEqual([
    { radius: 0, share: 0 },
    { radius: 0, share: 0 },
  ]);
});

it("corners are left out where there are too many, but not the first and not the last two", () => {
  const many = Array.from({ length: 10_001 }, (_, i) => i);
  const kept = thinned(many);
  expect(kept.length).toBeLessThan(1003);
  expect([kept[0], ...kept.slice(-2)]).toEqual([0, 9999, 10_000]);
  expect(thinned(many.slice(0, 1000))).toHaveLength(1000);
});
