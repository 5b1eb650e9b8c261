import { describe, expect, it } from "vitest";
import { noiseTable } from "../../src/noise/noise-table";
import { probabilityBelow } from "../../src/noise/rounded-gaussian";

/** Rounds a number of units of 2^−48 down to units of 2^−128. */
const exactly = (value: number): bigint => BigInt(Math.floor(value * 2 ** 80));
/** Below this threshold, the unit of 2^−128 is larger than the relative error of an enclosure. */
const FINEST = 2n ** 60n;

describe.each([
  { sigma: 0.12, levels: 255, step: 1 },
  { sigma: 0.5, levels: 255, step: 1 },
  { sigma: 0.5178, levels: 255, step: 1 },
  { sigma: 5, levels: 255, step: 23 },
  { sigma: 0.2, levels: 1, step: 1 },
  { sigma: 30, levels: 65, step: 41 },
])("the noise table at σ = $sigma and L = $levels", ({ sigma, levels, step }) => {
  const { lower, upper, entries } = noiseTable(levels * sigma);
  const half = lower.length / 2;
  const ts = Array.from({ length: Math.ceil(lower.length / step) }, (_, i) => i * step);
  const thresholds = ts.map((t) => ({ t, exact: probabilityBelow(t - half, 0, sigma, levels) }));

  it("encloses every threshold, in both tails", () => {
    const wrong = thresholds
      .filter(({ exact }) => exact > FINEST)
      .filter(({ t, exact }) => !(exactly(lower[t]) < exact && exact < exactly(upper[t])));
    expect(wrong.map(({ t }) => t - half)).toEqual([]);
  });

  it("never decides 48 bits wrongly, however small the threshold", () => {
    const wrong = thresholds.filter(
      ({ t, exact }) => exactly(Math.floor(lower[t])) > exact || exactly(Math.ceil(upper[t])) < exact,
    );
    expect(wrong.map(({ t }) => t - half)).toEqual([]);
  });

  it("encloses thresholds so closely that 48 bits decide nearly always", () => {
    const widths = lower.map((value, t) => upper[t] - value);
    expect(Math.max(...widths)).toBeLessThan(2 ** 47 * 3e-12);
  });

  it("decides a digit only if no threshold lies in the cell of this digit", () => {
    for (const { exact } of thresholds) {
      const digit = Number(exact >> 112n);
      if (digit < entries.length) expect(entries[digit] & 1).toBe(1);
    }
  });
});
