import fc from "fast-check";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { palettePng } from "../../src/figures/palette-png";

/** An image of the colors given, one pixel each. */
function imageOf(colors: readonly number[]): Uint8Array {
  return Uint8Array.from(colors.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255, 255]));
}

const color = fc.integer({ min: 0, max: 0xffffff });

it("a picture of at most 256 colors is kept exactly", () => {
  fc.assert(
    fc.property(fc.array(color, { minLength: 1, maxLength: 256 }), (colors) => {
      const pixels = imageOf(colors);
      const png = PNG.sync.read(palettePng(pixels, colors.length, 1)!);
      expect([png.width, png.height]).toEqual([colors.length, 1]);
      expect([...png.data]).toEqual([...pixels]);
    }),
  );
});

it("with more colors, no channel is off by more than 12, and the frequent colors are exact", () => {
  // 40 × 40 shades of red and blue in steps of 6, and a ground.
  const shades = Array.from({ length: 1600 }, (_, i) => ((6 * (i % 40)) << 16) | (6 * Math.floor(i / 40)));
  const pixels = imageOf([...shades, ...Array<number>(400).fill(0x123456)]);
  const png = PNG.sync.read(palettePng(pixels, 50, 40)!);
  let largest = 0;
  png.data.forEach((value, i) => (largest = Math.max(largest, Math.abs(value - pixels[i]))));
  expect(largest).toBeGreaterThan(0);
  expect(largest).toBeLessThanOrEqual(12);
  expect([...png.data.subarray(-4)]).toEqual([0x12, 0x34, 0x56, 255]);
});

it("a picture with too many colors gets no palette", () => {
  const pixels = imageOf(Array.from({ length: 10_000 }, (_, i) => (i * 2_654_435_761) & 0xffffff));
  expect(palettePng(pixels, 100, 100)).toBeUndefined();
});
