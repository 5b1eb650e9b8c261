import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { functionClassifier } from "../../src/classifiers/function-classifier";
import { readRecord } from "../../src/experiments/record";
import { termsOf } from "../../src/experiments/run-configuration";
import { disagreement } from "../../src/noise/disagreement";
import { normalCdf } from "../../src/probability/normal";
import { classBounds } from "../../src/sampling/class-bounds";
import { decidePlan } from "../../src/sampling/sampling-plan";
import { ABSTAIN, certify, certificateOf } from "../../src/smoothing/certify";
import { constant } from "../../src/variance/constant";
import { userFunction } from "../../src/variance/user-function";

const options = { n0: 100, n: 4000, alpha: 0.001, seed: 5 };
const origin = new Float32Array(3);

/**
 * Class 0 below `threshold` along the first coordinate; above it classes 1, 2 and 3 by turns of the second.
 */
const shared = (threshold: number) =>
  functionClassifier({
    name: "one against three",
    dimension: 3,
    classCount: 4,
    classOf: ([x, y]) => (x < threshold ? 0 : 1 + (((Math.floor(200 * y) % 3) + 3) % 3)),
  });

describe("certify with bounds on all classes", () => {
  it("certifies a class that leads without a majority, at a valid radius", async () => {
    // Class 0 has probability Φ(−0.1/0.5) = 0.42, each of the others a third of the rest; it leads up to x =
    // 0.37.
    const classifier = shared(-0.1);
    const cohen = await certify(classifier, constant(0.5), origin, options);
    expect([cohen.predicted, cohen.radius]).toEqual([ABSTAIN, 0]);
    const all = await certify(classifier, constant(0.5), origin, { ...options, bound: "all-classes" });
    expect(all.votes).toEqual(cohen.votes);
    expect(all.pA).toBeLessThan(0.5);
    expect(all.predicted).toBe(0);
    const tie = -0.1 + 0.5 * 0.6744897501960817; // there class 0 has a quarter, as each other
    expect(normalCdf((-0.1 - tie) / 0.5)).toBeCloseTo(0.25, 12);
    expect(all.radius).toBeGreaterThan(0.05);
    expect(all.radius).toBeLessThan(tie);
  });

  it("has radii that the true distance exceeds in all but a share α of runs", async () => {
    // Half-spaces that are opposite: class 0 against 1 is decided by x alone, and classes 2 and 3 have
    // nothing.
    const classifier = functionClassifier({
      name: "two of four",
      dimension: 3,
      classCount: 4,
      classOf: ([x]) => (x < 0.1 ? 0 : 1),
    });
    let above = 0;
    for (let index = 0; index < 200; index++) {
      const { radius, predicted } = await certify(
        classifier,
        constant(0.5),
        origin,
        { ...options, n: 500, alpha: 0.1, bound: "all-classes" },
        index,
      );
      expect([0, ABSTAIN]).toContain(predicted);
      if (radius > 0.1) above++;
    }
    // Binomial(200, ≤ 0.1) is above 38 with probability 1e-4.
    expect(above).toBeLessThanOrEqual(38);
  });

  it("uses the rate and η of σ(x), and subtracts τ before α is shared", async () => {
    const variance = userFunction({ name: "own", rate: 0.2, eta: 1e-3, sigma: () => 0.5 });
    const certificate = await certify(shared(-0.1), variance, origin, { ...options, bound: "all-classes" });
    const tau = disagreement(3, 4100);
    const bounds = classBounds("all-classes", certificate.votes, 0, options.alpha - tau);
    expect(certificate.pA).toBe(bounds.pA);
    const setting = { dimension: 3, sigma: 0.5, rate: 0.2, eta: 1e-3, ...bounds };
    expect(certificate.radius).toBe(certifiedRadius(setting).radius);
    expect(certificate.radius).toBeLessThan(certifiedRadius({ ...setting, eta: 0 }).radius);
    expect(certificate.radius).toBeGreaterThan(0);
  });

  it("gains radius if the votes are spread, and loses if they are unanimous", () => {
    const terms = { dimension: 3072, rate: 0, eta: 0, alpha: 0.001, tau: 0 };
    const radii = (votes: number[]): number[] =>
      (["clopper-pearson", "all-classes"] as const).map(
        (bound) => certificateOf({ sigma: 0.5, selectionVotes: votes, votes }, { ...terms, bound }).radius,
      );
    const [spread, spreadAll] = radii([600, 100, 100, 100, 100, 0, 0, 0, 0, 0]);
    expect(spreadAll / spread).toBeGreaterThan(2);
    const [unanimous, unanimousAll] = radii([100_000, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(unanimousAll / unanimous).toBeGreaterThan(0.98);
    expect(unanimousAll).toBeLessThan(unanimous);
  });

  it("increases the radii of the shipped records without sampling", async () => {
    const { configuration, rows } = await readRecord(join(__dirname, "../../records/cifar10-0.5-base"));
    const sums = (["clopper-pearson", "all-classes"] as const).map((bound) => {
      const terms = { ...termsOf(configuration), bound };
      const certificates = rows.map((row) => certificateOf(row, terms));
      return {
        radius: certificates.reduce(
          (sum, { predicted, radius }, i) => sum + (predicted === rows[i].label ? radius : 0),
          0,
        ),
        abstained: certificates.filter(({ predicted }) => predicted === ABSTAIN).length,
        belowHalf: certificates.filter(({ pA, radius }) => pA < 0.5 && radius > 0).length,
      };
    });
    expect(sums[1].radius / sums[0].radius).toBeGreaterThan(1.04);
    expect(sums[1].abstained).toBeLessThan(sums[0].abstained / 2);
    expect(sums[0].belowHalf).toBe(0);
    expect(sums[1].belowHalf).toBeGreaterThan(20);
  });

  it("refuses a plan that may stop early, an unknown bound, and too few samples", async () => {
    const call = (change: object): Promise<unknown> =>
      certify(shared(0), constant(0.5), origin, { ...options, bound: "all-classes", ...change });
    await expect(call({ plan: decidePlan(0.5) })).rejects.toThrow(
      'bound must be "confidence-sequence" if sampling may stop early, got "all-classes"',
    );
    await expect(call({ bound: "every-class" })).rejects.toThrow(
      /bound must be one of .*, got "every-class"/,
    );
    await expect(call({ n: 10 })).rejects.toThrow(
      "n must be at least 11 to certify anything at alpha = 0.001, got 10",
    );
  });
});
