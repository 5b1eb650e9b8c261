import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { plainFigure, type PlotlyFigure } from "../../src/figures/figure";
import { figureToPng } from "../../src/figures/static-image";

type Color = [number, number, number];

/** Number of pixels of a rectangle whose channels all lie within 12 of a color. */
function pixelsNear(png: PNG, color: Color, [x0, y0, x1, y1] = [0, 0, png.width, png.height]): number {
  let count = 0;
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const at = 4 * (y * png.width + x);
      if (color.every((value, channel) => Math.abs(png.data[at + channel] - value) <= 12)) count++;
    }
  }
  return count;
}

async function draw(figure: PlotlyFigure, size = {}): Promise<PNG> {
  return PNG.sync.read(await figureToPng(figure, size));
}

const GREEN: Color = [0, 128, 0];
const RED: Color = [255, 0, 0];
const WHITE: Color = [255, 255, 255];

describe("a static picture", () => {
  it("has the requested size, at twice the resolution, on white", async () => {
    const png = await draw(
      { data: [{ type: "scatter", x: [0, 1], y: [0, 1] }] },
      { width: 300, height: 200 },
    );
    expect([png.width, png.height]).toEqual([600, 400]);
    expect(pixelsNear(png, WHITE)).toBeGreaterThan(0.8 * 600 * 400);
    expect([...png.data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  });

  it("takes its size from the layout, or else is 760 × 440", async () => {
    const data: PlotlyFigure["data"] = [{ type: "bar", x: ["a"], y: [1] }];
    const own = await draw({ data, layout: { width: 320, height: 240 } }, { scale: 1 });
    expect([own.width, own.height]).toEqual([320, 240]);
    const standard = await draw({ data }, { scale: 1 });
    expect([standard.width, standard.height]).toEqual([760, 440]);
  });

  it("draws traces from plain and typed arrays alike", async () => {
    const line = { mode: "lines", line: { color: "green", width: 8 } } as const;
    const plain = await figureToPng({ data: [{ type: "scatter", ...line, x: [0, 1, 2], y: [1, 1, 1] }] });
    const y = new Float64Array([1, 1, 1]);
    const typed = await figureToPng({
      data: [{ type: "scatter", ...line, x: new Int32Array([0, 1, 2]), y }],
    });
    expect(pixelsNear(PNG.sync.read(plain), GREEN)).toBeGreaterThan(5000);
    expect(typed.equals(plain)).toBe(true);
  });

  it("writes title, axis titles and tick labels, with subscripts", async () => {
    const axis = {
      color: "green",
      showgrid: false,
      zeroline: false,
      title: { text: "radius", font: { color: "red" } },
    };
    const title = { text: "N<sub>0</sub> = 10<sup>2</sup> &amp; σ &lt; ½", font: { color: "red", size: 30 } };
    const data: PlotlyFigure["data"] = [{ type: "scatter", x: [0, 1], y: [0, 1], line: { color: "blue" } }];
    const png = await draw(
      { data, layout: { title, xaxis: axis, yaxis: axis } },
      { width: 600, height: 400, scale: 1 },
    );
    expect(pixelsNear(png, RED, [100, 0, 500, 90])).toBeGreaterThan(300); // title
    expect(pixelsNear(png, RED, [200, 330, 400, 400])).toBeGreaterThan(30); // axis title below
    expect(pixelsNear(png, RED, [0, 100, 60, 300])).toBeGreaterThan(30); // axis title at the left
    expect(pixelsNear(png, GREEN, [60, 300, 540, 345])).toBeGreaterThan(20); // tick labels
  });

  it("makes room for a legend as wide as its longest entry", async () => {
    const named = (name: string): PlotlyFigure => ({
      data: [
        { type: "scatter", x: [0, 1], y: [1, 1], mode: "lines", name, line: { color: "green", width: 6 } },
        { type: "scatter", x: [0, 1], y: [0, 0], mode: "lines", name: "b", line: { color: "blue" } },
      ],
    });
    const widths = [];
    for (const name of ["a", "a name that needs much more room"]) {
      const png = await draw(named(name), { scale: 1 });
      widths.push(pixelsNear(png, GREEN) / 6);
    }
    expect(widths[0] - widths[1]).toBeGreaterThan(100);
  });

  it("draws images, annotations with arrows, and error bars", async () => {
    const dot = new PNG({ width: 2, height: 2 });
    dot.data.set([255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255]);
    const source = `data:image/png;base64,${PNG.sync.write(dot).toString("base64")}`;
    const png = await draw({
      data: [
        {
          type: "bar",
          x: [1],
          y: [1],
          marker: { color: "white" },
          error_y: { type: "constant", value: 0.5, color: "green", thickness: 8, width: 20 },
        },
      ],
      layout: {
        images: [
          { source, xref: "paper", yref: "paper", x: 0, y: 1, sizex: 0.2, sizey: 0.2, sizing: "stretch" },
        ],
        annotations: [{ x: 1, y: 0.2, text: "here", arrowcolor: "blue", arrowwidth: 5, ax: 80, ay: 0 }],
      },
    });
    expect(pixelsNear(png, RED)).toBeGreaterThan(5000);
    expect(pixelsNear(png, GREEN)).toBeGreaterThan(1000);
    expect(pixelsNear(png, [0, 0, 255])).toBeGreaterThan(500);
  });

  it("paints the cells of a heatmap with sharp edges", async () => {
    const colorscale: [number, string][] = [[0, "red"], [1, "green"]]; // prettier-ignore
    const heatmap = { type: "heatmap", z: [[0, 1]], colorscale, showscale: false } as const;
    const png = await draw({ data: [heatmap as unknown as PlotlyFigure["data"][0]] });
    const [red, green] = [pixelsNear(png, RED), pixelsNear(png, GREEN)];
    expect(red).toBeGreaterThan(100_000);
    expect(Math.abs(red - green)).toBeLessThan(0.02 * red);
  });

  it("leaves the figure unchanged", async () => {
    const figure: PlotlyFigure = {
      data: [{ type: "bar", x: ["a"], y: [1] }],
      layout: { title: { text: "t" } },
    };
    const before = structuredClone(figure);
    await figureToPng(figure);
    expect(figure).toEqual(before);
  });

  it.each([
    [{ width: 0 }, "width of a figure must be in [1, 10000], got 0"],
    [{ height: 1e9 }, "height of a figure must be in [1, 10000], got 1000000000"],
    [{ width: NaN }, "width of a figure must be in [1, 10000], got NaN"],
    [{ scale: 0 }, "scale must be in (0, 10], got 0"],
    [{ scale: NaN }, "scale must be in (0, 10], got NaN"],
  ])("is refused for the size %o", async (size, message) => {
    await expect(figureToPng({ data: [] }, size)).rejects.toThrow(new RangeError(message));
  });

  it("is refused for traces that need WebGL, instead of waiting forever", async () => {
    await expect(figureToPng({ data: [{ type: "surface", z: [[1]] }] })).rejects.toThrow(
      "type surface needs WebGL",
    );
  });
});

it("a plain figure has lists instead of typed arrays and gaps instead of NaN", () => {
  const figure = { data: [{ type: "scatter", y: new Float32Array([1, NaN]) }] } as PlotlyFigure;
  expect(plainFigure(figure)).toEqual({ data: [{ type: "scatter", y: [1, null] }] });
});
