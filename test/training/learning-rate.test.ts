import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learningRateAt, SCHEDULES } from "../../src/training/learning-rate";

describe("the learning rate", () => {
  it("of the paper falls to a tenth after 30 and 60 of 90 epochs", () => {
    const rates = [0, 29, 30, 59, 60, 89].map((epoch) => learningRateAt("step", epoch / 90));
    [1, 1, 0.1, 0.1, 0.01, 0.01].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
  });

  it("of a short training run rises to its maximum in the first tenth and falls to zero", () => {
    expect(learningRateAt("cosine", 0.05)).toBeCloseTo(0.5, 12);
    expect(learningRateAt("cosine", 0.1)).toBeCloseTo(1, 12);
    expect(learningRateAt("cosine", 0.55)).toBeCloseTo(0.5, 12);
    expect(learningRateAt("cosine", 0.999999)).toBeLessThan(1e-6);
  });

  it("is between 0 and 1, and decreases after the rise", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEDULES),
        fc.double({ min: 0, max: 0.9999, noNaN: true }),
        fc.double({ min: 0, max: 0.9999, noNaN: true }),
        (schedule, a, b) => {
          const [early, late] = [Math.min(a, b), Math.max(a, b)].map((done) =>
            learningRateAt(schedule, done),
          );
          expect(early >= 0 && early <= 1).toBe(true);
          if (Math.min(a, b) >= 0.1) expect(late).toBeLessThanOrEqual(early);
        },
      ),
    );
  });
});
