import { expect, it } from "vitest";
import { thinned } from "../../src/figures/marks";

it("corners are thinned out if there are too many, but the first and the last two stay", () => {
  const many = Array.from({ length: 10_001 }, (_, i) => i);
  const kept = thinned(many);
  expect(kept.length).toBeLessThan(1003);
  expect([kept[0], ...kept.slice(-2)]).toEqual([0, 9999, 10_000]);
  expect(thinned(many.slice(0, 1000))).toHaveLength(1000);
});
