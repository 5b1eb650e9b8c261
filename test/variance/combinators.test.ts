import { describe, expect, it } from "vitest";
import { checkSemiElasticity } from "../../src/variance/check-semi-elasticity";
import { clamp, mixture, product, scale } from "../../src/variance/combinators";
import { constant } from "../../src/variance/constant";
import { exponentialOfLipschitz, userFunction } from "../../src/variance/user-function";
import type { VarianceFunction } from "../../src/variance/variance-function";

/** σ(x) = exp(r · x_i): its rate is r exactly, along the coordinate i. */
function along(coordinate: number, rate: number): VarianceFunction {
  return userFunction({ name: `along ${coordinate}`, rate, sigma: (x) => Math.exp(rate * x[coordinate]) });
}

const inputs = Array.from({ length: 12 }, (_, i) =>
  Float32Array.from({ length: 3 }, (_, j) => Math.sin(7 * i + 3 * j)),
);
const [a, b] = [along(0, 0.2), along(1, 0.5)];

describe("variance functions built from others", () => {
  const built: [string, VarianceFunction, number, (x: Float32Array) => number][] = [
    ["scale", scale(a, 3), 0.2, (x) => 3 * Math.exp(0.2 * x[0])],
    ["clamp", clamp(b, 0.9, 1.1), 0.5, (x) => Math.min(1.1, Math.max(0.9, Math.exp(0.5 * x[1])))],
    ["product", product(a, b), 0.7, (x) => Math.exp(0.2 * x[0] + 0.5 * x[1])],
    ["mixture", mixture([a, b], [1, 2]), 0.5, (x) => Math.exp(0.2 * x[0]) + 2 * Math.exp(0.5 * x[1])],
    [
      "exponential",
      exponentialOfLipschitz({
        name: "norm",
        lipschitzConstant: 1,
        sigmaBase: 2,
        output: (x) => Math.hypot(...x),
      }),
      1,
      (x) => 2 * Math.exp(Math.hypot(...x)),
    ],
  ];

  it.each(built)(
    "%s has the values and the rate of its definition, and no pair refutes the rate",
    async (...row) => {
      const [, variance, rate, value] = row;
      expect(variance.rate).toBeCloseTo(rate, 12);
      const sigma = await variance.sigma(inputs);
      inputs.forEach((x, i) => expect(sigma[i]).toBeCloseTo(value(x), 12));
      const check = await checkSemiElasticity(variance, { inputs, pairs: 300 });
      expect(check.refuted).toBe(false);
      expect(check.steepest).toBeLessThanOrEqual(rate * (1 + 1e-6));
    },
  );

  it("keep the parameters of their parts apart", () => {
    const parts = product(constant(0.5), scale(constant(0.25), 2));
    expect(parts.parameters).toEqual({ "1.sigma": 0.5, "2.factor": 2, "2.1.sigma": 0.25 });
  });

  it("refuse arguments that would give a σ that is not positive, naming them", async () => {
    expect(() => scale(a, 0)).toThrow(/factor must be a positive number, got 0/);
    expect(() => clamp(a, 2, 1)).toThrow(/upper must be at least lower \(2\), got 1/);
    expect(() => product()).toThrow(/number of factors/);
    expect(() => mixture([a, b], [1])).toThrow(/there must be 2 weights, one for each term, got 1/);
    expect(() => mixture([a, b], [1, -1])).toThrow(/weight 2 must be a positive number, got -1/);
    expect(() => along(0, -1)).toThrow(/rate must be .* got -1/);
    const misspelled = { name: "u", rate: 1, sigma: () => 1, Eta: 0.1 };
    expect(() => userFunction(misspelled)).toThrow(/userFunction has no option "Eta"; .* name, rate, eta/);
    const negative = userFunction({ name: "negative", rate: 1, sigma: (x) => x[0] });
    await expect(negative.sigma([Float32Array.of(-1)])).rejects.toThrow(
      /σ\(x\) of negative must be .* got -1/,
    );
    const own = { ...a, isConstant: false, sigma: () => Promise.resolve(Float64Array.of(-1)) };
    await expect(clamp(own, 0.25, 0.5).sigma([Float32Array.of(0)])).rejects.toThrow(
      /σ\(x\) must be .* got -1/,
    );
    const large = mixture([constant(1e308), constant(1e308)], [1, 1]);
    await expect(large.sigma([Float32Array.of(0)])).rejects.toThrow(/w1 σ1\(x\) .* must be .* got Infinity/);
  });
});

describe("checking semi-elasticity", () => {
  it("refutes a rate that is too small, with a witness", async () => {
    const wrong = userFunction({ name: "wrong", rate: 0.4, sigma: (x) => Math.exp(0.5 * x[1]) });
    const { refuted, steepest, witness } = await checkSemiElasticity(wrong, { inputs });
    expect(refuted).toBe(true);
    expect(steepest).toBeGreaterThan(0.49); // the ascent turns the pair along the steepest direction
    const [sx, sy] = await wrong.sigma([witness.x, witness.y]);
    const distance = Math.hypot(...Array.from(witness.x, (value, i) => value - witness.y[i]));
    expect(witness.distance).toBeCloseTo(distance, 9);
    expect(Math.abs(Math.log(sx / sy)) / distance).toBeCloseTo(steepest, 9);
  });

  it.each([784, 5000])("refutes a rate that is too small along one of %d coordinates", async (dimension) => {
    const one = userFunction({ name: "one", rate: 0.01, sigma: (x) => 0.5 * Math.exp(0.03 * x[7]) });
    const two = [0, 1].map((value) => new Float32Array(dimension).fill(value));
    const { refuted, steepest } = await checkSemiElasticity(one, { inputs: two });
    expect(refuted).toBe(true);
    if (dimension === 784) expect(steepest).toBeCloseTo(0.03, 4);
  });

  it("refutes the claim that a jumping function is constant", async () => {
    const jump = userFunction({ name: "jump", rate: 1, sigma: (x) => (x[0] > 0.5 ? 1 : 0.9) });
    expect((await checkSemiElasticity(jump, { inputs })).refuted).toBe(true);
  });

  it.each([
    ["the square", (x: Float32Array) => Math.exp(x[0] ** 2)],
    ["the exponential", (x: Float32Array) => Math.exp(Math.exp(x[0]))],
  ])("stays near the inputs where the slope of ln σ, %s, grows without end", async (_, sigma) => {
    const steep = userFunction({ name: "steep", rate: 3, sigma });
    expect((await checkSemiElasticity(steep, { inputs, pairs: 400 })).refuted).toBe(true);
  });

  it("does not take the claimed error of σ for its slope", async () => {
    const noisy = (eta: number): VarianceFunction =>
      userFunction({
        name: "noisy",
        rate: 0.2,
        eta,
        sigma: (x) => Math.exp(0.2 * x[0] + 1e-5 * Math.sin(1e6 * x[1])),
      });
    expect((await checkSemiElasticity(noisy(0), { inputs })).refuted).toBe(true);
    expect((await checkSemiElasticity(noisy(2e-5), { inputs })).refuted).toBe(false);
  });

  it("accepts equality, and gives the same answer for the same seed", async () => {
    const first = await checkSemiElasticity(b, { inputs, seed: 3 });
    expect(first.refuted).toBe(false);
    expect(await checkSemiElasticity(b, { inputs, seed: 3 })).toEqual(first);
    expect((await checkSemiElasticity(constant(2), { inputs })).steepest).toBe(0);
  });

  it("refuses too few inputs, inputs of different sizes, and σ that is not positive", async () => {
    await expect(checkSemiElasticity(a, { inputs: inputs.slice(1, 2) })).rejects.toThrow(/number of inputs/);
    await expect(
      checkSemiElasticity(a, { inputs: [new Float32Array(2), new Float32Array(3)] }),
    ).rejects.toThrow(/inputs must be of equal size/);
    const nothing = { ...a, sigma: (x: readonly unknown[]) => Promise.resolve(new Float64Array(x.length)) };
    await expect(checkSemiElasticity(nothing, { inputs })).rejects.toThrow(
      /must be a positive number, got 0/,
    );
    const short = { ...a, sigma: () => Promise.resolve(Float64Array.of(1)) };
    await expect(checkSemiElasticity(short, { inputs })).rejects.toThrow(
      /σ\(x\) of .* must be 12 values, one for each input, got 1/,
    );
  });
});
