import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlotlyFigure } from "../../src/figures/figure";
import { figureToPng } from "../../src/figures/static-image";
import { DRAWN_IN_FULL, thinnedForPicture } from "../../src/figures/thin-points";

const MANY = 200_000;
const noise = (i: number, k: number): number => Math.abs((Math.sin(i * k) * 43758.5453) % 1);
const list = (of: (i: number) => number): number[] => Array.from({ length: MANY }, (_, i) => of(i));

interface Points {
  x: number[];
  y: (number | null)[];
  text: string[];
  marker: { color: number[]; size: number };
}

function thin(trace: object, layout: object = {}): Points {
  const figure = { data: [trace], layout } as PlotlyFigure;
  return thinnedForPicture(figure, 760, 440).data[0] as unknown as Points;
}

describe("the picture of very many points", () => {
  it("is drawn in seconds", async () => {
    await figureToPng({ data: [{ y: [1, 2] }] });
    const began = performance.now();
    await figureToPng({
      data: [
        { type: "scatter", mode: "markers", x: list((i) => noise(i, 12.9)), y: list((i) => noise(i, 78.2)) },
      ],
    });
    // About 3 s on two idle cores; drawn in full it takes 100.
    expect(performance.now() - began).toBeLessThan(40_000);
  });

  it("keeps the ranges, and keeps a point's attributes with it", () => {
    const x = list((i) => noise(i, 12.9));
    const y = list((i) => noise(i, 78.2) ** 2);
    const color = list((i) => noise(i, 3.1));
    const thinned = thin({ mode: "markers", x, y, text: x.map(String), marker: { color, size: 6 } });
    expect(thinned.x.length).toBeGreaterThan(1000);
    expect(thinned.x.length).toBeLessThanOrEqual(DRAWN_IN_FULL + 6);
    const ends = (values: readonly number[]): number[] => [
      values.reduce((a, b) => Math.min(a, b)),
      values.reduce((a, b) => Math.max(a, b)),
    ];
    expect(ends(thinned.x)).toEqual(ends(x));
    expect(ends(thinned.y as number[])).toEqual(ends(y));
    expect(ends(thinned.marker.color)).toEqual(ends(color));
    expect(thinned.marker.size).toBe(6);
    expect(thinned.text).toEqual(thinned.x.map(String));
    const place = new Map(x.map((value, i) => [value, i]));
    for (const [j, value] of thinned.x.entries()) expect(thinned.y[j]).toBe(y[place.get(value)!]);
  });

  it("keeps a line's peaks and gaps in each column of pixels", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MANY - 2 }),
        fc.integer({ min: 1, max: MANY - 2 }),
        (peak, gap) => {
          const y: (number | null)[] = list((i) => Math.sin(i / 9000));
          y[peak] = 7;
          if (gap !== peak) y[gap] = null;
          const thinned = thin({ mode: "lines", y });
          expect(thinned.x.length).toBeLessThan(4 * 2 * 760 + 20);
          expect(thinned.x[0]).toBe(0);
          expect(thinned.x.at(-1)).toBe(MANY - 1);
          expect(thinned.y).toContain(7);
          if (gap !== peak) expect(thinned.y).toContain(null);
        },
      ),
      { numRuns: 5 },
    );
  });

  it("of few points, of names and of other traces is unchanged", () => {
    const few = { data: [{ y: [1, 2, 3] }] } as PlotlyFigure;
    expect(thinnedForPicture(few, 760, 440)).toBe(few);
    const names = { mode: "markers", x: list((i) => i).map(String), y: list((i) => i) };
    expect(thin(names)).toBe(names);
    const bars = { type: "bar", y: list((i) => i) };
    expect(thin(bars)).toBe(bars);
  });

  it("considers only the range of the axes, also on logarithmic axes", () => {
    const x = list((i) => i + 1);
    const thinned = thin({ mode: "markers", x, y: x }, { xaxis: { type: "log", range: [0, 2] } });
    // Few of so many points are left of 100.
    expect(thinned.x.slice(0, 100)).toEqual(x.slice(0, 100));
    expect(thinned.x.length).toBeLessThan(1000);
  });
});
