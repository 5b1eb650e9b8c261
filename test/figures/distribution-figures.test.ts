import { describe, expect, it } from "vitest";
import { boxFigure } from "../../src/figures/box-figure";
import { curvesFigure } from "../../src/figures/curves-figure";
import { histogramFigure } from "../../src/figures/histogram-figure";

describe("the histogram figure", () => {
  const options = { prefix: "k = ", x: "h(x)", bins: 4 };

  it("gives the share of a sample in each bin, with the same bins at every position", () => {
    const { data } = histogramFigure({
      ...options,
      steps: [
        { label: "1", title: "one", samples: { a: [0, 1, 1.5, 4] }, marks: { a: [2] } },
        { label: "2", title: "two", samples: { a: Float64Array.of(2.5, 2.6) } },
      ],
    });
    const traces = data as { type: string; x: number[]; y: number[]; visible: boolean }[];
    const bars = traces.filter(({ type }) => type === "bar");
    expect(bars.map(({ x }) => x)).toEqual([
      [0.5, 1.5, 2.5, 3.5],
      [0.5, 1.5, 2.5, 3.5],
    ]);
    expect(bars.map(({ y }) => y)).toEqual([
      [0.25, 0.5, 0, 0.25],
      [0, 0, 1, 0],
    ]);
    expect(bars.map(({ visible }) => visible)).toEqual([true, false]);
    expect(traces[1].x.slice(0, 2)).toEqual([2, 2]);
  });

  it("refuses an empty sample and a value that is not finite, naming the sample", () => {
    const figureOf = (a: number[]) =>
      histogramFigure({ ...options, steps: [{ label: "", title: "", samples: { a } }] });
    expect(() => figureOf([])).toThrow(/sample a is empty/);
    expect(() => figureOf([1, NaN])).toThrow(/sample a has the value NaN/);
  });
});

describe("the box figure", () => {
  it("orders groups by their means and gives their quantiles", () => {
    const titles = { title: "t", x: "class", y: "σ(x)" };
    const { data } = boxFigure({ high: [10, 20, 30, 40, 50], low: [4, 3, 2, 1, 0] }, titles);
    const [box] = data as unknown as Record<string, unknown>[];
    expect(box.x).toEqual(["low", "high"]);
    expect(box.median).toEqual([2, 30]);
    expect(box.q1).toEqual([1, 20]);
    expect(box.q3).toEqual([3, 40]);
    expect(box.lowerfence).toEqual([0.2, 12]);
    expect(box.upperfence).toEqual([3.8, 48]);
    expect(() => boxFigure({ none: [] }, titles)).toThrow(/group none is empty/);
  });
});

describe("the curves figure", () => {
  it("keeps the given numbers, titles and axis types", () => {
    const { data, layout } = curvesFigure(
      [{ name: "a", x: [1, 10], y: [2, 3], error: [0.1, 0.2], color: "#123456" }],
      { title: "t", x: "samples N", y: "radius", log: "x" },
    );
    expect(data[0]).toMatchObject({ name: "a", x: [1, 10], y: [2, 3], line: { color: "#123456" } });
    expect(data[0]).toMatchObject({ error_y: { array: [0.1, 0.2] } });
    expect(layout.xaxis).toMatchObject({ type: "log", title: { text: "samples N" } });
    expect(layout.yaxis).toMatchObject({ type: "linear", title: { text: "radius" } });
  });
});
