import { PNG } from "pngjs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRecord } from "../../src/experiments/record";
import { certifiedAccuracyFigure } from "../../src/figures/certified-accuracy-figure";
import { COLORS } from "../../src/figures/colors";
import { imageFigure } from "../../src/figures/image-figure";

describe("the certified-accuracy figure", () => {
  it("has a curve for each record, in the color of its kind, and axes with titles and units", async () => {
    const folder = join(__dirname, "../../records");
    const figure = certifiedAccuracyFigure({
      constant: await readRecord(join(folder, "mnist-0.5-mean")),
      "input-dependent": await readRecord(join(folder, "mnist-0.5-r0.01")),
    });
    const curves = figure.data as { name: string; x: number[]; y: number[]; line: { color: string } }[];
    expect(curves.map(({ name, line }) => [name, line.color])).toEqual([
      ["constant", COLORS.constant],
      ["input-dependent", COLORS.inputDependent],
    ]);
    for (const { x, y } of curves) {
      expect(x.length).toBe(y.length);
      expect(y[0]).toBeGreaterThan(0.9);
      expect(y.at(-1)).toBe(0);
    }
    expect(JSON.stringify(figure.layout.xaxis)).toContain("radius (pixels in [0, 1])");
    expect(JSON.stringify(figure.layout.yaxis)).toContain("certified accuracy");
  });
});

describe("the image figure", () => {
  const size = { channels: 1, height: 2, width: 3 };
  const pixels = Float32Array.of(0, 0.5, 1, -7, 7, 0.25);

  it("shows every image with its caption, pixel by pixel, clipped to [0, 1]", () => {
    const { layout } = imageFigure(
      [
        { pixels, caption: "one" },
        { pixels, caption: "two" },
      ],
      size,
    );
    expect(layout.annotations?.map(({ text }) => text)).toEqual(["one", "two"]);
    const source = layout.images?.[0].source as string;
    const png = PNG.sync.read(Buffer.from(source.split(",")[1], "base64"));
    const scale = png.width / 3;
    const gray = [0, 1, 2, 3, 4, 5].map((i) => {
      const [x, y] = [(i % 3) * scale, Math.floor(i / 3) * scale];
      return png.data[4 * (y * png.width + x)];
    });
    expect(gray).toEqual([0, 128, 255, 0, 255, 64]);
  });

  it("keeps the three channels of a color image apart", () => {
    const color = Float32Array.of(1, 0, 0.2); // one pixel
    const { layout } = imageFigure([{ pixels: color, caption: "" }], { channels: 3, height: 1, width: 1 });
    const png = PNG.sync.read(Buffer.from((layout.images?.[0].source as string).split(",")[1], "base64"));
    expect(Array.from(png.data.subarray(0, 4))).toEqual([255, 0, 51, 255]);
  });

  it("refuses an image of another size, no image and no columns, naming them", () => {
    expect(() => imageFigure([{ pixels: pixels.subarray(1), caption: "" }], size)).toThrow(
      /1 × 2 × 3 has 6 values, got 5/,
    );
    expect(() => imageFigure([{ pixels, caption: "" }], { ...size, channels: 2 })).toThrow(
      /channels must be 1 or 3/,
    );
    expect(() => imageFigure([], size)).toThrow(
      "the number of images must be an integer of at least 1, got 0",
    );
    expect(() => imageFigure([{ pixels, caption: "" }], { ...size, columns: 0 })).toThrow(
      "columns must be an integer of at least 1, got 0",
    );
  });
});
