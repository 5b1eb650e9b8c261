import { expect, it } from "vitest";
import { shownDown } from "../../src/numerics/rounded-down";

it("shows a number rounded down, with six digits at most", () => {
  expect(shownDown(1.08247999)).toBe("1.08247");
  expect(shownDown(0.999999999)).toBe("0.999999");
  expect(shownDown(9.9999999e-9)).toBe("9.99999e-9");
  expect(shownDown(0.5)).toBe("0.5");
  expect(shownDown(Infinity)).toBe("∞");
  for (let i = 1; i < 2000; i++) {
    const value = Math.exp(20 * Math.sin(i)) * i;
    expect(Number(shownDown(value))).toBeLessThanOrEqual(value);
    expect(Number(shownDown(value))).toBeGreaterThan(value * (1 - 1.1e-5));
  }
});
