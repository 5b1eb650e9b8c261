import { describe, expect, it } from "vitest";
import { pairedShareInterval } from "../../src/analysis/paired-share-interval";

const Z = 1.959963984540054;

describe("the interval of a difference of paired shares", () => {
  it("equals the published interval", () => {
    // Airway hyper-responsiveness before and after transplantation: Fagerland, Lydersen and Laake (2014), table 8.
    const { value, low, high } = pairedShareInterval(1, 7, 21);
    expect([value, low, high].map((end) => end.toFixed(3))).toEqual(["-0.286", "-0.517", "-0.026"]);
  });

  it("has ends at which the score test just rejects, with probabilities found by search", () => {
    for (const [gained, lost, count] of [
      [3, 5, 40],
      [0, 4, 500],
      [25, 28, 618],
      [40, 20, 160],
    ]) {
      const { low, high } = pairedShareInterval(gained, lost, count);
      for (const delta of [low, high]) {
        // The likelihood of the trinomial counts, given that the difference is delta.
        const likelihood = (q: number): number =>
          (gained && gained * Math.log(q + delta)) +
          (lost && lost * Math.log(q)) +
          (count - gained - lost) * Math.log(1 - 2 * q - delta);
        let [from, to] = [Math.max(0, -delta), (1 - delta) / 2];
        for (let step = 0; step < 200; step++) {
          const [a, b] = [from + (to - from) / 3, to - (to - from) / 3];
          if (likelihood(a) < likelihood(b)) from = a;
          else to = b;
        }
        const variance = count * (2 * from + delta - delta * delta);
        expect(Math.abs(gained - lost - count * delta) / Math.sqrt(variance)).toBeCloseTo(Z, 4);
      }
    }
  });

  it("contains the truth in about 95 % of all cases, even if few inputs differ", () => {
    const count = 60;
    const factorial = [0];
    for (let i = 1; i <= count; i++) factorial.push(factorial[i - 1] + Math.log(i));
    for (const [gain, loss] of [
      [0.01, 0.01],
      [0.02, 0.1],
      [0.3, 0.2],
      [0.002, 0.05],
    ]) {
      let held = 0;
      for (let gained = 0; gained <= count; gained++) {
        for (let lost = 0; gained + lost <= count; lost++) {
          const same = count - gained - lost;
          const probability = Math.exp(
            factorial[count] - factorial[gained] - factorial[lost] - factorial[same] +
              gained * Math.log(gain) + lost * Math.log(loss) + same * Math.log(1 - gain - loss),
          ); // prettier-ignore
          if (probability < 1e-9) continue;
          const { low, high } = pairedShareInterval(gained, lost, count);
          if (low <= gain - loss && gain - loss <= high) held += probability;
        }
      }
      expect(held).toBeGreaterThan(0.93);
    }
  });

  it("is mirrored when the runs are exchanged, and stays within −1 and 1", () => {
    const [one, other] = [pairedShareInterval(3, 9, 50), pairedShareInterval(9, 3, 50)];
    expect([-one.value, -one.high, -one.low]).toEqual([other.value, other.low, other.high]);
    expect(pairedShareInterval(20, 0, 20).high).toBe(1);
    expect(pairedShareInterval(0, 20, 20).low).toBe(-1);
    expect(pairedShareInterval(0, 0, 1).low).toBeGreaterThan(-1);
  });

  it("has positive width if nothing differs, which shrinks with the number of inputs", () => {
    for (const count of [1, 10, 500, 10_000]) {
      const { value, low, high } = pairedShareInterval(0, 0, count);
      expect([value, low]).toEqual([0, -high]);
      expect(high).toBeCloseTo((Z * Z) / (count + Z * Z), 9);
    }
  });

  it("refuses numbers that are not counts of the inputs", () => {
    expect(() => pairedShareInterval(1, 2, 0)).toThrow(/^count must be an integer/);
    expect(() => pairedShareInterval(-1, 0, 5)).toThrow(/^gained must be an integer/);
    expect(() => pairedShareInterval(3, 3, 5)).toThrow(/^lost must be an integer.*got 3/);
  });
});
