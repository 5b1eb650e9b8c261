import { describe, expect, it } from "vitest";
import { fillStandardNormal, NoiseStream } from "../../src/probability/gaussian-noise";
import { normalCdf } from "../../src/probability/normal";
import { philox4x32 } from "../../src/probability/philox";

describe("philox4x32", () => {
  // Known answers published with the generator (Random123, kat_vectors, philox 4x32 10 rounds).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("gives the published words for counter %j and key %j", (counter, key, expected) => {
    const words = new Uint32Array(4);
    philox4x32(words, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
    expect(Array.from(words)).toEqual(expected);
  });
});

describe("the Gaussian noise", () => {
  /** `count` variables, from samples of 1000. */
  function draw(count: number, seed: number): Float32Array {
    const all = new Float32Array(count);
    for (let start = 0; start < count; start += 1000) {
      fillStandardNormal(all.subarray(start, start + 1000), seed, 3, start / 1000);
    }
    return all;
  }

  it("has the moments and the distribution of N(0, 1)", () => {
    const count = 1_000_000;
    const sample = draw(count, 7);
    const moment = (power: number) => sample.reduce((sum, x) => sum + x ** power, 0) / count;
    // Within five standard errors of the moments 0, 1, 0, 3.
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count));

    // Kolmogorov-Smirnov: the distance exceeds 1.95 / √n with probability 1e-3 only.
    const sorted = sample.slice().sort();
    let distance = 0;
    sorted.forEach((x, i) => {
      const p = normalCdf(x);
      distance = Math.max(distance, p - i / count, (i + 1) / count - p);
    });
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
  });

  it("has the tails of N(0, 1) where a second word refines them", () => {
    const count = 4_000_000;
    const sample = draw(count, 8);
    for (const z of [3, 4, 4.5]) {
      const expected = count * normalCdf(-z);
      for (const tail of [sample.filter((x) => x < -z), sample.filter((x) => x > z)]) {
        expect(Math.abs(tail.length - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1);
      }
    }
    const extreme = sample.filter((x) => Math.abs(x) > 4.2);
    expect(new Set(extreme).size).toBe(extreme.length); // no grid in the tail
  });

  it("is a function of seed, stream, input and sample, each of which changes it", () => {
    const noise = (seed: number, input: number, sample: number, stream?: number) => {
      const out = new Float32Array(784);
      fillStandardNormal(out, seed, input, sample, stream);
      return out;
    };
    const first = noise(1, 2, 3);
    expect(noise(1, 2, 3)).toEqual(first);
    const others = [
      noise(2, 2, 3),
      noise(1 + 2 ** 32, 2, 3),
      noise(1, 3, 3),
      noise(1, 2, 4),
      noise(1, 3, 2),
      noise(1, 2, 3, NoiseStream.training),
      noise(1, 2, 3, NoiseStream.evaluation),
    ];
    for (const other of others) {
      const correlation = first.reduce((sum, x, i) => sum + x * other[i], 0) / 784;
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(784));
    }
  });

  it("is the same for a prefix of the dimensions, and stays what it is from version to version", () => {
    const [short, long] = [new Float32Array(5), new Float32Array(784)];
    fillStandardNormal(short, 42, 0, 0);
    fillStandardNormal(long, 42, 0, 0);
    expect(long.subarray(0, 5)).toEqual(short);
    expect(Array.from(short)).toEqual(GOLDEN);
  });
});

/** Records rest on this noise: a change of these values makes every committed record irreproducible. */
const GOLDEN = [
  -0.5058529376983643, -0.724780797958374, -1.7913837432861328, -0.9524643421173096, -0.015392996370792389,
];
