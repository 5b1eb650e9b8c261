import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundedGaussian } from "../../src/noise/rounded-gaussian";
import { normalCdf } from "../../src/probability/normal";

const ONE = 1n << 128n;

/** A decimal number in units of 2^−128, as a fraction. */
function unitsOf(text: string): { numerator: bigint; denominator: bigint } {
  const [digits, exponent = "0"] = text.split("e");
  const [whole, fraction = ""] = digits.split(".");
  const places = fraction.length - Number(exponent);
  return { numerator: BigInt(whole + fraction) * ONE, denominator: 10n ** BigInt(places) };
}

describe("roundedGaussian", () => {
  it("is within 2^-128 of the reference in both tails", () => {
    const file = join(__dirname, "../reference/rounded_gaussian.csv");
    const rows = readFileSync(file, "utf8").trim().split("\n").slice(1);
    expect(rows.length).toBeGreaterThan(50);
    for (const [sigma, j, lower, upper] of rows.map((row) => row.split(","))) {
      const noise = roundedGaussian({ sigma: Number(sigma) });
      for (const [text, value] of [
        [lower, noise.cdf(Number(j))],
        [upper, noise.sf(Number(j))],
      ] as const) {
        const { numerator, denominator } = unitsOf(text);
        const difference = value * denominator - numerator;
        expect(difference <= denominator && difference >= -denominator, `sigma ${sigma}, j ${j}`).toBe(true);
      }
    }
  });

  const sigma = fc.double({ min: 1e-3, max: 5, noNaN: true });
  const level = fc.integer({ min: -20_000, max: 20_000 });

  it("sums to one, is symmetric and monotone, and agrees with Φ in double precision", () => {
    fc.assert(
      fc.property(sigma, level, (sigma, j) => {
        const { cdf, sf } = roundedGaussian({ sigma });
        expect(cdf(j) + sf(j)).toBe(ONE);
        expect(cdf(-1 - j)).toBe(sf(j));
        expect(cdf(j) <= cdf(j + 1)).toBe(true);
        const tail = normalCdf(-Math.abs(j + 0.5) / (255 * sigma));
        const exact = Number(cdf(j) < sf(j) ? cdf(j) : sf(j)) / 2 ** 128;
        expect(Math.abs(exact - tail)).toBeLessThanOrEqual(1e-12 * tail + 2 ** -127);
      }),
    );
  });

  it("uses the exact double σ: neighboring doubles give other thresholds", () => {
    const next = 0.5 + 2 ** -53;
    expect(roundedGaussian({ sigma: 0.5 }).cdf(127)).not.toBe(roundedGaussian({ sigma: next }).cdf(127));
    expect(roundedGaussian({ sigma: 0.25, levels: 510 }).cdf(40)).toBe(
      roundedGaussian({ sigma: 0.5 }).cdf(40),
    );
  });

  it.each([
    [{ sigma: 0 }, "sigma must be a positive number, got 0"],
    [{ sigma: NaN }, "sigma must be a positive number, got NaN"],
    [{ sigma: Infinity }, "sigma must be a positive number, got Infinity"],
    [{ sigma: 1e-5 }, "sigma must be at least 0.000149678"],
    [{ sigma: 5e-324 }, "sigma must be at least 0.000149678"],
    [{ sigma: 1e5 }, "sigma must be at most 245"],
    [{ sigma: 1e308 }, "sigma must be at most 245"],
    [{ sigma: 0.5, levels: 0 }, "levels must be an integer from 1 to 8388607, got 0"],
    [{ sigma: 0.5, levels: 25.5 }, "levels must be an integer from 1 to 8388607, got 25.5"],
    [{ sigma: 0.5, levels: 2 ** 23 }, "levels must be an integer from 1 to 8388607, got 8388608"],
  ])("refuses %j", (options, message) => {
    expect(() => roundedGaussian(options)).toThrow(RangeError);
    expect(() => roundedGaussian(options)).toThrow(message);
  });

  it("refuses a level that is not an integer", () => {
    for (const j of [0.5, NaN, Infinity]) {
      expect(() => roundedGaussian({ sigma: 0.5 }).cdf(j)).toThrow(/^j must be an integer/);
      expect(() => roundedGaussian({ sigma: 0.5 }).sf(j)).toThrow(/^j must be an integer/);
    }
  });
});
