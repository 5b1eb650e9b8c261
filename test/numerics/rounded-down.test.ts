import { expect, it } from "vitest";
import { fixedDown, probabilityDown, roundedDown, shownDown } from "../../src/numerics/rounded-down";

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

it("shows a number rounded down, with a fixed number of decimals", () => {
  expect([0, 0.5, 0.12999, 0.00009, 1e-9, 0.99999].map((value) => fixedDown(value, 4))).toEqual([
    "0.0000",
    "0.5000",
    "0.1299",
    "0.0000",
    "0.0000",
    "0.9999",
  ]);
  for (let i = 1; i < 2000; i++) {
    const value = Math.exp(5 * Math.sin(i));
    expect(Number(fixedDown(value, 4))).toBeLessThanOrEqual(value);
    expect(Number(fixedDown(value, 4))).toBeGreaterThan(value - 1.0001e-4);
  }
});

it("rounds a number down to any number of significant digits", () => {
  expect([1, 2, 3, 4, 5].map((digits) => roundedDown(0.299999, digits))).toEqual([
    0.2, 0.29, 0.299, 0.2999, 0.29999,
  ]);
  expect(roundedDown(0.3, 2)).toBe(0.3);
});

it("reads a probability as the largest double that is not above the text", () => {
  const below = (value: number): number => value - 2 ** -53; // for values from 1/2 to 1
  for (const text of [
    "0.5",
    "0.99",
    "1e-1000",
    "0",
    "1",
    " +.25e0 ",
    "5E-1",
    "1.3",
    "-0.1",
    "0x1",
    "0.75000",
  ]) {
    expect(probabilityDown(text)).toBe(Number(text));
  }
  expect(probabilityDown("0.9")).toBe(below(0.9)); // the double 0.9 is 0.90000000000000002…
  expect(probabilityDown("9e-1")).toBe(below(0.9));
  expect(probabilityDown("90e-2")).toBe(below(0.9));
  expect(probabilityDown("0.99999999999999984")).toBe(1 - 2 ** -52);
  expect(probabilityDown(`0.5${"0".repeat(60)}1`)).toBe(0.5);
  expect(probabilityDown(`0.4${"9".repeat(60)}`)).toBe(0.5 - 2 ** -54);
  expect(probabilityDown("1e-300")).toBeLessThanOrEqual(1e-300);
  for (let i = 1; i < 2000; i++) {
    const value = 0.5 + i / 4001;
    const exact = value.toFixed(60); // all digits of the double
    expect(probabilityDown(exact)).toBe(value);
    expect(probabilityDown(`${exact}1`)).toBe(value);
    const less = BigInt(exact.slice(2)) - 1n;
    expect(probabilityDown(`0.${less}`)).toBe(below(value));
  }
});
