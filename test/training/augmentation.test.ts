import { describe, expect, it } from "vitest";
import { augmentationOf, writeAugmented } from "../../src/training/augmentation";

const shape = { channels: 2, height: 3, width: 4 };
const image = Uint8Array.from({ length: 24 }, (_, i) => 10 * (i + 1));

function augmented(down: number, right: number, mirrored: boolean): number[] {
  const out = new Float32Array(24);
  writeAugmented(out, image, shape, { down, right, mirrored });
  return Array.from(out, (value) => Math.round(value * 255));
}

describe("augmentation", () => {
  it("shifts each channel and fills with black", () => {
    expect(augmented(0, 0, false)).toEqual(Array.from(image));
    expect(augmented(1, 0, false).slice(0, 12)).toEqual([0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80]);
    expect(augmented(0, -2, false).slice(12)).toEqual([150, 160, 0, 0, 190, 200, 0, 0, 230, 240, 0, 0]);
    expect(augmented(4, 0, false)).toEqual(new Array(24).fill(0));
  });

  it("mirrors left to right", () => {
    expect(augmented(0, 0, true).slice(0, 4)).toEqual([40, 30, 20, 10]);
    expect(augmented(0, 1, true).slice(0, 4)).toEqual([30, 20, 10, 0]);
  });

  it("is uniform over all shifts and mirrors, and differs between seeds, epochs and images", () => {
    const counts = new Map<string, number>();
    const draws = 162 * 200;
    for (let index = 0; index < draws; index++) {
      const key = JSON.stringify(augmentationOf(1, 2, index));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(162); // 9 × 9 moves, mirrored or not
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0);
    expect(Math.abs(chiSquared - 161)).toBeLessThan(5 * Math.sqrt(2 * 161));

    expect(augmentationOf(1, 2, 3)).toEqual(augmentationOf(1, 2, 3));
    for (const [seed, epoch] of [
      [2, 2],
      [1, 3],
      [1 + 2 ** 40, 2],
    ]) {
      const same = Array.from({ length: 500 }, (_, i) => i).filter(
        (i) => JSON.stringify(augmentationOf(seed, epoch, i)) === JSON.stringify(augmentationOf(1, 2, i)),
      );
      expect(same.length).toBeLessThan(20);
    }
  });
});
