import { describe, expect, it } from "vitest";
import type { BaseClassifier } from "../../src/classifiers/base-classifier";
import { normalCdf } from "../../src/probability/normal";
import { ABSTAIN, type Certificate, certify } from "../../src/smoothing/certify";
import { countVotes, mostVoted } from "../../src/sampling/count-votes";
import type { SamplingPlan } from "../../src/sampling/sampling-plan";
import { predict } from "../../src/smoothing/predict";
import { constant } from "../../src/variance/constant";
import type { VarianceFunction } from "../../src/variance/variance-function";
import { halfSpaceClassifier } from "./linear-classifier";

const options = { n0: 100, n: 2000, alpha: 0.001, seed: 5 };
const origin = new Float32Array(10);

/** The semi-elastic variance function σ(x) = exp(r · x_1) / 2 of a test's own. */
const growing: VarianceFunction = {
  name: "growing",
  rate: 0.1,
  eta: 0,
  isConstant: false,
  parameters: {},
  sigma: (inputs) => Promise.resolve(Float64Array.from(inputs, (x) => 0.5 * Math.exp(0.1 * x[0]))),
};

describe("counting votes", () => {
  it("agrees with the exact probability of a half-space within five standard errors", async () => {
    const votes = await countVotes(halfSpaceClassifier(10, 0.3), origin, 0.5, {
      seed: 1,
      input: 0,
      first: 0,
      count: 50_000,
    });
    const p = normalCdf(0.3 / 0.5);
    expect(votes[0] + votes[1]).toBe(50_000);
    expect(Math.abs(votes[0] / 50_000 - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 50_000));
  });

  it("does not depend on how the samples are split", async () => {
    const classifier = halfSpaceClassifier(10, 0.1);
    const whole = await countVotes(classifier, origin, 1, { seed: 1, input: 3, first: 0, count: 1000 });
    const parts = [0, 1, 2, 257, 999].map((first, i, all) => ({
      first,
      count: (all[i + 1] ?? 1000) - first,
    }));
    const sum = new Uint32Array(2);
    for (const part of parts) {
      const votes = await countVotes(classifier, origin, 1, { seed: 1, input: 3, ...part });
      votes.forEach((count, c) => (sum[c] += count));
    }
    expect(sum).toEqual(whole);
  });

  it.each([{ concurrency: 0 }, { concurrency: NaN }, { batchSize: 0.5 }])("refuses %j", async (property) => {
    const [[name, value]] = Object.entries(property);
    const votes = countVotes({ ...halfSpaceClassifier(10, 0.3), ...property }, origin, 0.5, {
      seed: 1,
      input: 0,
      first: 0,
      count: 100,
    });
    await expect(votes).rejects.toThrow(
      `${name} of the base classifier must be an integer of at least 1, got ${value}`,
    );
  });

  it("never gives a classifier more batches at once than its concurrency", async () => {
    for (const concurrency of [undefined, 3]) {
      let [inWork, most] = [0, 0];
      const plain = halfSpaceClassifier(10, 0.1);
      const busy: BaseClassifier = {
        ...plain,
        batchSize: 50,
        concurrency,
        async classify(batch) {
          most = Math.max(most, ++inWork);
          const classes = await plain.classify(batch);
          await new Promise((resolve) => setTimeout(resolve, 1));
          inWork--;
          return classes;
        },
      };
      const count = (input: number): Promise<Uint32Array> =>
        countVotes(busy, origin, 1, { seed: 1, input, first: 0, count: 500 });
      const votes = await Promise.all([0, 1, 2, 3].map(count));
      expect(most).toBe(concurrency ?? 1);
      expect(votes[3]).toEqual(
        await countVotes(plain, origin, 1, { seed: 1, input: 3, first: 0, count: 500 }),
      );
    }
  });

  it("ends with the error of the first failing batch, handles every rejection, and leaves the classifier usable", async () => {
    const plain = halfSpaceClassifier(10, 0.1);
    let calls = 0;
    const failing: BaseClassifier = {
      ...plain,
      batchSize: 10,
      concurrency: 4,
      async classify(batch) {
        const call = ++calls;
        const classes = await plain.classify(batch);
        // The second batch fails while the first is still at work.
        await new Promise((resolve) => setTimeout(resolve, call === 1 ? 30 : 1));
        if (call >= 2 && call <= 4) throw new Error(`batch ${call} fails`);
        return classes;
      },
    };
    const unheard: unknown[] = [];
    const hear = (error: unknown): number => unheard.push(error);
    process.on("unhandledRejection", hear);
    const samples = { seed: 1, input: 0, first: 0, count: 200 };
    await expect(countVotes(failing, origin, 1, samples)).rejects.toThrow("batch 2 fails");
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", hear);
    expect(unheard).toEqual([]);
    expect(calls).toBeLessThan(10);
    expect(await countVotes(failing, origin, 1, samples)).toEqual(
      await countVotes(plain, origin, 1, samples),
    );
  });

  it("takes the first class in a tie", () => {
    expect(mostVoted(Uint32Array.of(1, 5, 5, 0))).toBe(1);
  });

  it("refuses an input of another size, a value that is not finite, and invalid classes", async () => {
    const samples = { seed: 1, input: 0, first: 0, count: 10 };
    const classifier = halfSpaceClassifier(10, 0);
    await expect(countVotes(classifier, new Float32Array(9), 1, samples)).rejects.toThrow(/10 values, got 9/);
    await expect(countVotes(classifier, new Float32Array(10).fill(NaN), 1, samples)).rejects.toThrow(
      /non-finite value/,
    );
    const wrong: BaseClassifier = {
      ...classifier,
      classify: () => Promise.resolve(new Uint16Array(10).fill(2)),
    };
    await expect(countVotes(wrong, origin, 1, samples)).rejects.toThrow(
      /must return classes from 0 to 1, got 2/,
    );
    const short: BaseClassifier = { ...classifier, classify: () => Promise.resolve(new Uint16Array(9)) };
    await expect(countVotes(short, origin, 1, samples)).rejects.toThrow(
      /must return 10 classes for 10 inputs, got 9/,
    );
  });
});

describe("certify", () => {
  it("gives radii that the true distance to the decision boundary exceeds in all but a share α of runs", async () => {
    // For a half-space and constant σ, the smoothed classifier's boundary is the base classifier's, at
    // distance 0.3.
    const classifier = halfSpaceClassifier(10, 0.3);
    let above = 0;
    for (let input = 0; input < 300; input++) {
      const { radius, predicted } = await certify(
        classifier,
        constant(0.5),
        origin,
        { ...options, n: 500, alpha: 0.05 },
        input,
      );
      expect(predicted).toBe(0);
      if (radius > 0.3) above++;
    }
    // Binomial(300, ≤ 0.05) is above 31 with probability 1e-4; and a bound that never fails would be far from
    // tight.
    expect(above).toBeLessThanOrEqual(31);
    expect(above).toBeGreaterThan(0);
  });

  it("certifies less than Cohen's radius if σ is not constant, with the rate of the variance function", async () => {
    const classifier = halfSpaceClassifier(10, 1);
    const even = await certify(classifier, constant(0.5), origin, options);
    const uneven = await certify(classifier, growing, origin, options);
    expect(uneven.votes).toEqual(even.votes); // σ(x0) is the same, so the samples are
    expect(uneven.pA).toBe(even.pA);
    expect(uneven.radius).toBeGreaterThan(0);
    expect(uneven.radius).toBeLessThan(even.radius);
  });

  it("abstains with radius 0 if no class has a clear majority", async () => {
    const certificate = await certify(halfSpaceClassifier(10, 0), constant(0.5), origin, options);
    expect(certificate.predicted).toBe(ABSTAIN);
    expect(certificate.radius).toBe(0);
    expect([0, 1]).toContain(certificate.candidate);
  });

  it("certifies σ Φ⁻¹(α^(1/n)) for a unanimous vote (the waterfall)", async () => {
    const certificate = await certify(halfSpaceClassifier(10, 100), constant(0.25), origin, {
      ...options,
      n: 1000,
    });
    expect(certificate.votes).toEqual([1000, 0]);
    expect(certificate.selectionVotes).toEqual([100, 0]);
    expect(certificate.pA).toBeCloseTo(0.001 ** (1 / 1000), 12);
    expect(certificate.radius).toBeCloseTo(0.25 * 2.4623, 3);
  });

  it("gives inputs of different index independent noise, and the same input the same votes", async () => {
    const classifier = halfSpaceClassifier(10, 0.1);
    const [a, again, b] = await Promise.all(
      [7, 7, 8].map((input) => certify(classifier, constant(1), origin, options, input)),
    );
    expect(again).toEqual(a);
    expect(b.votes).not.toEqual(a.votes);
  });

  it.each([
    ["n0", { n0: 0 }],
    ["n", { n: 1.5 }],
    ["n0", { n0: 2 ** 32 }],
    ["n", { n: 2 ** 32 }],
    ["alpha", { alpha: 1 }],
    ["alpha", { alpha: NaN }],
    ["seed", { seed: -1 }],
  ])("refuses %s out of range, naming it: %j", async (name, change) => {
    const call = certify(halfSpaceClassifier(10, 0), constant(1), origin, { ...options, ...change });
    await expect(call).rejects.toThrow(RangeError);
    await expect(call).rejects.toThrow(new RegExp(`^${name} must be`));
  });
});

describe("certifying with a plan of one's own", () => {
  /** Looks after every ten samples, and stops as soon as the share of the votes is above 0.7. */
  const peeking: SamplingPlan = {
    name: "peeking",
    parameters: {},
    bound: "confidence-sequence",
    nextLook: (taken, n) => Math.min(taken + 10, n),
    isEnough: ({ votes, taken, n }) => taken === n || votes > 0.7 * taken,
  };
  const certifyWith = (plan: SamplingPlan): Promise<Certificate> =>
    certify(halfSpaceClassifier(10, 0.3), constant(0.5), origin, { ...options, plan });

  it("needs a confidence sequence, since p_A by Clopper-Pearson would be too large where it stops", async () => {
    expect((await certifyWith(peeking)).n).toBeLessThan(options.n);
    for (const name of ["peeking", "fixed"]) {
      await expect(certifyWith({ ...peeking, name, bound: "clopper-pearson" })).rejects.toThrow(RangeError);
    }
  });

  it.each([0, -1, 2.5, 2001, NaN, Infinity])("refuses a next look at %d samples", async (look) => {
    await expect(certifyWith({ ...peeking, nextLook: () => look })).rejects.toThrow(
      `plan "peeking" must look next at an integer above 0 and at most n = 2000, got ${look}`,
    );
  });

  it("refuses a plan that never has enough", async () => {
    await expect(certifyWith({ ...peeking, isEnough: () => false })).rejects.toThrow(
      'plan "peeking" must look next at an integer above 2000 and at most n = 2000, got 2000',
    );
  });
});

describe("certifying with a variance function without a finite rate", () => {
  it.each([
    [{ rate: Infinity }, /growing must have a finite rate r to certify a radius, got Infinity/],
    [{ rate: NaN }, /growing must have a finite rate r to certify a radius, got NaN/],
    [{ sigma: () => Promise.resolve(Float64Array.of(0)) }, /σ\(x\) must be a positive number, got 0/],
  ])("is refused before any sampling: %j", async (change, message) => {
    const untouchable: BaseClassifier = {
      ...halfSpaceClassifier(10, 0),
      classify: () => Promise.reject(new Error("sampled")),
    };
    await expect(certify(untouchable, { ...growing, ...change }, origin, options)).rejects.toThrow(message);
  });
});

describe("predict", () => {
  it("returns the class of the smoothed classifier, or abstains near its boundary", async () => {
    const near = await predict(halfSpaceClassifier(10, 0), constant(1), origin, options);
    const far = await predict(halfSpaceClassifier(10, 1), constant(1), origin, options);
    expect([near, far]).toEqual([ABSTAIN, 0]);
  });

  it("refuses more samples than votes are counted", async () => {
    await expect(
      predict(halfSpaceClassifier(10, 0), constant(1), origin, { ...options, n: 2 ** 32 }),
    ).rejects.toThrow("n must be an integer from 1 to 4294967295, got 4294967296");
  });
});
