import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commonStep, countImages, eachImage, imagesText, parseImages } from "../../src/experiments/images";

const ascending = fc
  .uniqueArray(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 40 })
  .map((indices) => indices.sort((a, b) => a - b));

describe("images as text", () => {
  it.each([
    [[0], "0"],
    [[0, 1], "0,1"],
    [[3, 4, 5], "3-5"],
    [[0, 20, 40, 60], "0-60:20"],
    [[0, 5, 7, 8, 9, 10, 100], "0,5,7-10,100"],
    [[0, 10, 20, 21, 22], "0-20:10,21,22"],
  ])("%j is %s", (indices, text) => {
    expect(imagesText(indices)).toBe(text);
    expect([...eachImage(parseImages(text))]).toEqual(indices);
  });

  it("are read back, and counted without being listed", () => {
    fc.assert(
      fc.property(ascending, (indices) => {
        const ranges = parseImages(imagesText(indices));
        expect([...eachImage(ranges)]).toEqual(indices);
        expect(countImages(ranges)).toBe(indices.length);
      }),
    );
    expect(countImages(parseImages("0-2147483647"))).toBe(2 ** 31);
  });

  it.each([
    ["0", 0],
    ["7", 7],
    ["0,20", 20],
    ["0-40:10", 10],
    ["40,60-9960:60", 20],
    ["0-9980:20,9981", 1],
  ])("%s have the common step %d", (text, step) => {
    expect(commonStep(parseImages(text))).toBe(step);
  });

  it("may have a range whose end is not one of its indices", () => {
    expect(parseImages("1-9:3, 12")).toEqual([
      { first: 1, last: 7, step: 3 },
      { first: 12, last: 12, step: 1 },
    ]);
  });

  it.each([
    "",
    ",",
    "5,5",
    "7,3",
    "9-5",
    "0-9:0",
    "-1",
    "1.5",
    "1e3",
    "0x1",
    "2147483648",
    "1-",
    "a",
    "0-5,5",
  ])("refuses %j", (text) =>
    expect(() => parseImages(text)).toThrow(/images must be indices in ascending order such as .*, got "/),
  );
});
