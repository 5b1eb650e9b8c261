import { describe, expect, it } from "vitest";
import type { BaseClassifier } from "../../src/classifiers/base-classifier";
import { functionClassifier } from "../../src/classifiers/function-classifier";
import { smoothDual } from "../../src/front/smooth";
import { disagreement, remainingAlpha } from "../../src/noise/disagreement";
import { SamplingStream } from "../../src/noise/uniform-number";
import { clopperPearsonLower } from "../../src/probability/binomial";
import { normalCdf, normalQuantile } from "../../src/probability/normal";
import { countVotes } from "../../src/sampling/count-votes";
import { decidePlan } from "../../src/sampling/sampling-plan";
import type { DualSmoothing } from "../../src/smoothing/dual";
import { halfSpaceClassifier } from "./linear-classifier";

const always = (dimension: number, classCount: number, c: number): BaseClassifier =>
  functionClassifier({ name: `always ${c}`, dimension, classCount, classOf: () => c });

/**
 * The selector takes expert 1 where the first coordinate is above 0.5, expert 0 elsewhere; expert 0 says
 * class 0 wherever it looks, and expert 1 class 1. So the dual classifier changes its class at 0.5, and each
 * expert never.
 */
const flip: DualSmoothing = {
  selector: { classifier: halfSpaceClassifier(3, 0.5), sigma: 0.25 },
  experts: [
    { classifier: always(3, 2, 0), sigma: 0.5 },
    { classifier: always(3, 2, 1), sigma: 1 },
  ],
};
const options = { n0: 50, n: 20_000, alpha: 0.001, seed: 7 };
const at = (first: number): Float32Array =>
  Float32Array.of(Math.fround(Math.round(255 * first) / 255), 0.2, 0.4);

describe("a dual smoothed classifier", () => {
  const g = smoothDual(flip);

  it("does not claim an expert's radius within which the selector flips", async () => {
    const x = at(0.3);
    const { predicted, radius, sigma, selector, pA } = await g.certify(x, options);
    const expertAlone = sigma * normalQuantile(pA);
    expect({ predicted, sigma, chosen: selector?.candidate }).toEqual({
      predicted: 0,
      sigma: 0.5,
      chosen: 0,
    });
    expect(expertAlone).toBeGreaterThan(1.6);
    // The flip is where a rounded first coordinate is above 0.5 half of the time.
    const distance = 127.5 / 255 - x[0];
    expect(radius).toBeLessThan(distance);
    expect(radius).toBeGreaterThan(0.9 * distance);
    // Beyond the flip, well within the expert's radius, the class is another, by a certificate of its own.
    const beyond = await g.certify(at(0.7), options);
    expect(beyond).toMatchObject({ predicted: 1, sigma: 1 });
    expect(0.4).toBeLessThan(expertAlone);
    expect(radius + beyond.radius).toBeLessThan(0.4 + 1 / 255);
  });

  it("is certified up to the radius that its exact probabilities allow, at 40 points of a line", async () => {
    for (let i = 0; i < 40; i++) {
      const x = at(0.1 + 0.02 * i);
      const { predicted, radius, selector } = await g.certify(x, { ...options, n: 2000, index: i } as object);
      const p = normalCdf((127.5 / 255 - x[0]) / 0.25);
      expect([-1, p > 0.5 ? 0 : 1]).toContain(predicted);
      expect(selector!.radius).toBeLessThanOrEqual(Math.abs(127.5 / 255 - x[0]));
      expect(radius).toBeLessThanOrEqual(selector!.radius);
    }
  });

  it("gives each stage half of α, subtracts τ for both, and draws independent noise for both", async () => {
    const dual: DualSmoothing = {
      selector: { classifier: halfSpaceClassifier(3, 0.5), sigma: 0.25 },
      experts: [0.6, 0.7].map((threshold) => ({
        classifier: halfSpaceClassifier(3, threshold),
        sigma: 0.25,
      })),
    };
    const x = at(0.4);
    const certificate = await smoothDual(dual).certify(x, { ...options, index: 5 });
    const stage = remainingAlpha(options.alpha / 2, disagreement(3, options.n0 + options.n));
    for (const [{ votes, pA, n }, stream, { classifier, sigma }] of [
      [certificate.selector!, SamplingStream.selection, dual.selector],
      [certificate, SamplingStream.certification, dual.experts[0]],
    ] as const) {
      const samples = { seed: 7, input: 5, first: options.n0, count: options.n };
      expect(Array.from(await countVotes(classifier, x, sigma, { ...samples, stream }))).toEqual(votes);
      expect(pA).toBe(clopperPearsonLower(Math.max(...votes), n, stage));
    }
    // Of one half-space and one σ, the two stages would have equal votes if they shared their noise.
    const same = { selector: dual.selector, experts: [dual.selector, dual.selector] };
    for (const sharedNoise of [false, true]) {
      const { votes, selector } = await smoothDual(same).certify(x, { ...options, sharedNoise });
      expect(votes).not.toEqual(selector!.votes);
    }
  });

  it("abstains without a radius if the selector or the expert does, and keeps the votes of both", async () => {
    const undecided = at(0.5);
    const { predicted, radius, votes, n } = await g.certify(undecided, options);
    expect({ predicted, radius, n }).toEqual({ predicted: -1, radius: 0, n: 20_000 });
    expect(votes.reduce((sum, count) => sum + count)).toBe(20_000);
    expect(await g.predict(undecided, { ...options, n: 1000 })).toBe(-1);
    const expertAbstains = smoothDual({
      ...flip,
      experts: [flip.selector, flip.selector],
      selector: { classifier: always(3, 2, 1), sigma: 1 },
    });
    expect(await expertAbstains.certify(undecided, options)).toMatchObject({ predicted: -1, radius: 0 });
  });

  it("predicts the class that it certifies", async () => {
    expect(await g.predict(at(0.3), options)).toBe(0);
    expect(await g.predict(at(0.7), options)).toBe(1);
    expect(await g.predict(at(0.9), { n: 40, alpha: 0.01 })).toBe(1);
  });

  it("decides a radius with fewer samples, each stage by a confidence sequence", async () => {
    const { n, selector, radius } = await g.certify(at(0.2), { ...options, plan: decidePlan(0.1) });
    expect(radius).toBeGreaterThanOrEqual(0.1);
    expect(n + selector!.n).toBeLessThan(2000);
  });

  it("uses the votes of all classes in both stages", async () => {
    const [one, all] = await Promise.all(
      [undefined, "all-classes" as const].map((bound) => g.certify(at(0.3), { ...options, bound })),
    );
    expect(all.selector!.pA).toBeLessThan(one.selector!.pA);
    expect(all.selector!.votes).toEqual(one.selector!.votes);
  });
});

describe("options that do not fit are refused before anything is sampled", () => {
  const [expert] = flip.experts;
  it.each([
    [{ experts: [] }, "there must be at least one expert, got none"],
    [{ experts: [expert] }, "the selector must have a class for each expert, got 2 for 1"],
    [
      { experts: [expert, { classifier: always(3, 4, 0), sigma: 1 }] },
      "expert 1 must have as many classes as expert 0, 2, got 4",
    ],
    [
      { experts: [expert, { classifier: always(5, 2, 0), sigma: 1 }] },
      "expert 1 must take the inputs of the selector, 3 values of 255 levels to the unit, got 5 of 255",
    ],
    [
      { experts: [{ classifier: { ...expert.classifier, levels: 100 }, sigma: 1 }, expert] },
      "expert 0 must take the inputs of the selector, 3 values of 255 levels to the unit, got 3 of 100",
    ],
    [{ experts: [expert, { ...expert, sigma: -1 }] }, "σ of expert 1 must be a positive number, got -1"],
    [{ selector: { ...flip.selector, sigma: NaN } }, "σ of the selector must be a positive number, got NaN"],
  ])("%#: %s", async (change: Partial<DualSmoothing>, message) => {
    const g = smoothDual({ ...flip, ...change });
    await expect(g.certify(at(0.3))).rejects.toThrow(RangeError);
    await expect(g.certify(at(0.3))).rejects.toThrow(message);
    await expect(g.predict(at(0.3))).rejects.toThrow(message);
  });

  it.each([
    [{ alpha: 1.5 }, "alpha must be a number between 0 and 1, got 1.5"],
    [{ n: 8 }, "n must be at least 11 to certify anything at alpha = 0.0005, got 8"],
    [{ n0: 0 }, "n0 must be an integer from 1 to 4294967295, got 0"],
  ])("options %j", async (change, message) => {
    await expect(smoothDual(flip).certify(at(0.3), { ...options, ...change })).rejects.toThrow(message);
  });

  it("inputs of another size", async () => {
    await expect(smoothDual(flip).certify(Float32Array.of(1, 2))).rejects.toThrow(
      "x must be a Float32Array of 3 values, got 2 values",
    );
  });
});
