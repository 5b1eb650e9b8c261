import { describe, expect, it } from "vitest";
import { certify } from "../../src/smoothing/certify";
import { dataDependentSigma } from "../../src/smoothing/data-dependent-sigma";
import { checkSemiElasticity } from "../../src/variance/check-semi-elasticity";
import { functionClassifier } from "../../src/classifiers/function-classifier";

/** Class 1 in the unit disc of the plane: the best σ is small near its edge, and larger at its center. */
const disc = functionClassifier({
  name: "disc",
  dimension: 2,
  classCount: 2,
  classOf: ([x, y]) => (Math.hypot(x, y) < 1 ? 1 : 0),
});
const variance = dataDependentSigma(disc, { sigmas: [0.05, 0.1, 0.2, 0.4], samples: 400, seed: 1 });

describe("σ chosen for each input by optimization", () => {
  it("is larger where the decision boundary is farther away", async () => {
    const [edge, center] = await variance.sigma([Float32Array.of(0.9, 0), Float32Array.of(0, 0)]);
    expect(edge).toBeLessThan(center);
  });

  it("jumps, so that a check refutes every rate", async () => {
    const inputs = Array.from({ length: 40 }, (_, i) => Float32Array.of(i / 40, 0));
    const claimed = { ...variance, rate: 2 };
    expect((await checkSemiElasticity(claimed, { inputs, pairs: 80 })).refuted).toBe(true);
  });

  it("cannot be used to certify", async () => {
    const call = certify(disc, variance, Float32Array.of(0, 0), { n0: 10, n: 10, alpha: 0.1, seed: 0 });
    await expect(call).rejects.toThrow(
      /data-dependent must have a finite rate r to certify a radius, got Infinity/,
    );
  });

  it("refuses options out of range", () => {
    expect(() => dataDependentSigma(disc, { sigmas: [], samples: 1, seed: 1 })).toThrow(/number of sigmas/);
    expect(() => dataDependentSigma(disc, { sigmas: [0], samples: 1, seed: 1 })).toThrow(
      /each sigma .* got 0/,
    );
    expect(() => dataDependentSigma(disc, { sigmas: [1], samples: 0, seed: 1 })).toThrow(/samples .* got 0/);
    expect(() => dataDependentSigma(disc, { sigmas: [1], samples: 2 ** 32, seed: 1 })).toThrow(
      /samples must be/,
    );
  });
});
