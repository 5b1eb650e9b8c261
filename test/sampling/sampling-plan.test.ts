import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { cohenRadius } from "../../src/certificates/cohen";
import { readRecord } from "../../src/experiments/record";
import { normalCdf } from "../../src/probability/normal";
import {
  decidePlan,
  fixedPlan,
  gainPlan,
  lowerBound,
  type Look,
  type SamplingPlan,
} from "../../src/sampling/sampling-plan";
import { coin } from "../probability/coin";

const SIGMA = 0.5;
const cohen = (pA: number): number => cohenRadius({ sigma: SIGMA, pA }).radius;

interface Stop {
  readonly votes: number;
  readonly taken: number;
  readonly radius: number;
}

/** Draws votes as the plan says: what certify does with the votes of a base classifier. */
function follow(plan: SamplingPlan, setting: Omit<Look, "votes" | "taken">, toss: () => boolean): Stop {
  let [votes, taken] = [0, 0];
  do {
    const look = plan.nextLook(taken, setting.n);
    for (; taken < look; taken++) if (toss()) votes++;
  } while (!plan.isEnough({ ...setting, votes, taken }));
  return { votes, taken, radius: setting.radiusOf(lowerBound[plan.bound](votes, taken, setting.alpha)) };
}

function looks(plan: SamplingPlan, n: number): number[] {
  const all: number[] = [];
  for (let taken = 0; taken < n;) all.push((taken = plan.nextLook(taken, n)));
  return all;
}

describe("a sampling plan", () => {
  it("looks at numbers of samples that grow by a tenth, whatever the votes", () => {
    const first = [64, 128, 256, 512, 768, 1024, 1280];
    expect(looks(decidePlan(0.5), 100_000).slice(0, 7)).toEqual(first);
    expect(looks(gainPlan(0.1), 1000)).toEqual([64, 128, 256, 512, 768, 1000]);
    expect(looks(fixedPlan, 1000)).toEqual([1000]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 7 }), (n) => {
        const all = looks(decidePlan(1), n);
        expect(all.at(-1)).toBe(n);
        expect(all.every((look, i) => i === 0 || look > all[i - 1])).toBe(true);
        expect(all.length).toBeLessThan(100);
      }),
    );
  });

  it("never continues after n samples", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const look = { votes: Math.round(share * n), taken: n, n, alpha: 0.001, radiusOf: cohen };
          for (const plan of [fixedPlan, decidePlan(0.7), gainPlan(0.01)])
            expect(plan.isEnough(look)).toBe(true);
        },
      ),
    );
  });

  it("has a name and parameters for the record", () => {
    expect([fixedPlan, decidePlan(0.5), gainPlan(0.1)].map((p) => [p.name, p.parameters, p.bound])).toEqual([
      ["fixed", {}, "clopper-pearson"],
      ["decide", { radius: 0.5 }, "confidence-sequence"],
      ["gain", { fraction: 0.1 }, "confidence-sequence"],
    ]);
  });

  it.each([0, -1, NaN, Infinity, "0.5"])("refuses a radius of %j", (radius) => {
    expect(() => decidePlan(radius as number)).toThrow(RangeError);
    expect(() => decidePlan(radius as number)).toThrow(/^radius must be a positive number, got/);
  });

  it.each([0, 1, 5, NaN, "0.1"])("refuses a gain of %j", (fraction) => {
    expect(() => gainPlan(fraction as number)).toThrow(RangeError);
    expect(() => gainPlan(fraction as number)).toThrow(/^fraction must be a number between 0 and 1, got/);
  });
});

describe("deciding whether an input is certified at ε", () => {
  const epsilon = 0.5;
  const threshold = normalCdf(epsilon / SIGMA); // the probability that has exactly this radius
  const setting = { n: 4096, alpha: 0.05, radiusOf: cohen };
  const RUNS = 300;
  const allowed = setting.alpha * RUNS + 4 * Math.sqrt(setting.alpha * (1 - setting.alpha) * RUNS);

  it.each([0.5, 0.8, threshold - 0.01, threshold - 1e-12])(
    "certifies with probability at most α if p = %d does not give that radius",
    (p) => {
      let certified = 0;
      for (let run = 0; run < RUNS; run++) {
        if (follow(decidePlan(epsilon), setting, coin(p, 1, run)).radius >= epsilon) certified++;
      }
      expect(certified).toBeLessThan(allowed);
    },
  );

  it.each([threshold + 1e-12, threshold + 0.01, 0.9, 0.99, 0.999])(
    "stops with 'not certified' with probability at most α if p = %d gives that radius",
    (p) => {
      // As if N were so large that the samples left never decide.
      const plan = decidePlan(epsilon);
      const patient: SamplingPlan = {
        ...plan,
        isEnough: (look) => look.taken === setting.n || plan.isEnough({ ...look, n: 10 ** 9 }),
      };
      let refuted = 0;
      for (let run = 0; run < RUNS; run++) {
        const { taken, radius } = follow(patient, setting, coin(p, 2, run));
        if (taken < setting.n && radius < epsilon) refuted++;
      }
      expect(refuted).toBeLessThan(allowed);
    },
  );

  it("is sure and quick far from the threshold", () => {
    for (let run = 0; run < 50; run++) {
      const yes = follow(decidePlan(epsilon), { ...setting, alpha: 0.001 }, coin(0.999, 3, run));
      expect(yes.radius).toBeGreaterThanOrEqual(epsilon);
      expect(yes.taken).toBeLessThanOrEqual(256);
      const no = follow(decidePlan(epsilon), { ...setting, alpha: 0.001 }, coin(0.5, 3, run));
      expect(no.radius).toBeLessThan(epsilon);
      expect(no.taken).toBeLessThanOrEqual(256);
    }
  });

  it("gives up only if even unanimous remaining votes would not reach ε", () => {
    const look = { taken: 990, n: 1000, alpha: 0.001, radiusOf: cohen };
    const best = (votes: number): number => cohen(lowerBound["confidence-sequence"](votes + 10, 1000, 0.001));
    let votes = 930; // certified, far above the threshold
    while (decidePlan(epsilon).isEnough({ ...look, votes })) votes--;
    while (!decidePlan(epsilon).isEnough({ ...look, votes })) votes--;
    expect(best(votes)).toBeLessThan(epsilon);
    expect(best(votes + 1)).toBeGreaterThanOrEqual(epsilon);
  });
});

describe("sampling until more would gain little", () => {
  it.each([0.4, 0.7, 0.95, 0.999])("stops, for p = %d, if all samples would gain at most that much", (p) => {
    const setting = { n: 4096, alpha: 0.05, radiusOf: cohen };
    const RUNS = 200;
    let [gained, wrong, saved] = [0, 0, 0];
    for (let run = 0; run < RUNS; run++) {
      const { taken, votes, radius } = follow(gainPlan(0.2), setting, coin(p, 4, run));
      const toss = coin(p, 4, run);
      let all = 0;
      for (let i = 0; i < setting.n; i++) if (toss()) all++;
      const largest = cohen(lowerBound["confidence-sequence"](all, setting.n, setting.alpha));
      expect(votes).toBeLessThanOrEqual(all);
      if (largest > 1.2 * radius) gained++;
      if (radius > cohen(p)) wrong++;
      if (taken < setting.n) saved++;
    }
    const allowed = setting.alpha * RUNS + 4 * Math.sqrt(setting.alpha * (1 - setting.alpha) * RUNS);
    expect(gained).toBeLessThan(allowed);
    expect(wrong).toBeLessThan(allowed);
    if (p !== 0.7) expect(saved).toBeGreaterThan(RUNS / 2);
  });
});

describe("on the shipped records, deciding at ε", () => {
  it.each([
    ["mnist-0.5-mean", 0],
    ["mnist-0.5-r0.01", 0.01],
  ])("of %s takes less than a tenth of N = 100 000, with the answers of fixed N", async (record, rate) => {
    const { rows } = await readRecord(`records/${record}`);
    for (const epsilon of [0.25, 0.5, 0.75]) {
      let [taken, certified, fixed] = [0, 0, 0];
      for (const [i, { sigma, candidate, n, votes }] of rows.entries()) {
        const share = votes[candidate] / n;
        const radiusOf = (pA: number): number => certifiedRadius({ dimension: 784, sigma, rate, pA }).radius;
        const setting = { n: 100_000, alpha: 0.001, radiusOf };
        const stop = follow(decidePlan(epsilon), setting, coin(share, 5, i));
        taken += stop.taken;
        if (stop.radius >= epsilon) certified++;
        if (radiusOf(lowerBound["clopper-pearson"](Math.round(share * 100_000), 100_000, 0.001)) >= epsilon)
          fixed++;
      }
      expect(taken).toBeLessThan(10_000 * rows.length);
      expect(Math.abs(certified - fixed)).toBeLessThan(rows.length / 100);
    }
  });
});
