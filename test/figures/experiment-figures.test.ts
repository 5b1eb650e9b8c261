import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { certifiedAccuracy } from "../../src/analysis/certified-accuracy";
import { compareRecords, QUANTITIES } from "../../src/analysis/compare-records";
import { radiusLimits } from "../../src/analysis/waterfall";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";
import { accuracyDifferenceFigure } from "../../src/figures/accuracy-difference-figure";
import { certifiedAccuracyFigure } from "../../src/figures/certified-accuracy-figure";
import { classAccuracyFigure } from "../../src/figures/class-accuracy-figure";
import { differencesFigure } from "../../src/figures/differences-figure";
import { waterfallFigure } from "../../src/figures/waterfall-figure";

const read = (name: string): Promise<CertificationRecord> =>
  readRecord(join(__dirname, "../../records", name));

describe("figures of the experiments", () => {
  it("have titles, axes with units and one color for each record", async () => {
    const records = { constant: await read("mnist-0.5-mean"), "σ(x)": await read("mnist-0.5-r0.01") };
    const comparison = compareRecords(records.constant, records["σ(x)"]);
    const figures = [
      certifiedAccuracyFigure(records, {
        band: true,
        published: { constant: { radius: [0], accuracy: [0.9] } },
      }),
      waterfallFigure(records),
      classAccuracyFigure(records, ["zero"]),
      differencesFigure(
        { "0.01": comparison },
        { title: "t", x: "rate r", quantities: { accuracy: QUANTITIES.accuracy } },
      ),
    ];
    for (const { data, layout } of figures) {
      expect(data.length).toBeGreaterThan(0);
      for (const name of ["title", "xaxis", "yaxis"] as const)
        expect(JSON.stringify(layout[name])).toMatch(/"text":"[^"]/);
    }
    expect(() =>
      differencesFigure({ a: comparison }, { title: "", x: "", quantities: { p: "no such thing" } }),
    ).toThrow(/comparison a has no quantity "no such thing"/);
  });

  it("refuse a record without rows", async () => {
    const records = { empty: { ...(await read("mnist-0.5-mean")), rows: [] } };
    const draws = [certifiedAccuracyFigure, waterfallFigure, classAccuracyFigure];
    for (const draw of draws) {
      expect(() => (draw as typeof classAccuracyFigure)(records, [])).toThrow(
        new RangeError("record empty has no rows"),
      );
    }
  });

  it("round radii down, in the curves and under the pointer", async () => {
    const pair = { constant: await read("mnist-0.5-mean"), "σ(x)": await read("mnist-0.5-r0.01") };
    const radii = Object.values(pair).flatMap((record) => [
      ...record.rows.map(({ radius }) => radius),
      ...radiusLimits(record),
    ]);
    for (const figure of [certifiedAccuracyFigure, waterfallFigure, accuracyDifferenceFigure]) {
      const curves = figure(pair).data as { x: number[]; hovertemplate?: string }[];
      for (const { x, hovertemplate } of curves.filter(({ hovertemplate }) => hovertemplate)) {
        expect(hovertemplate).toContain("radius %{x:.6~g}<br>");
        // The ends are not radii.
        for (const at of x.slice(1, -1)) expect(radii.some((r) => at <= r && r - at < 1.1e-5)).toBe(true);
      }
    }
  });

  it("show the certified accuracy falling to 0 at the waterfall of constant σ", async () => {
    const record = await read("mnist-0.5-mean");
    const [curve, limits] = waterfallFigure({ constant: record }).data as { x: number[]; y: number[] }[];
    const [limit] = radiusLimits(record);
    for (const { x, y } of [curve, limits]) {
      expect(x.at(-1)! / limit).toBeCloseTo(1, 4);
      expect(y.at(-1)).toBe(0);
      expect(x[0] / limit).toBeCloseTo(0.85, 4);
    }
    expect(curve.y.at(-2)).toBeGreaterThan(0);
    expect(curve.y[0]).toBe(certifiedAccuracy(record.rows, curve.x[0]));
    expect(limits.y[0]).toBe(1);
  });

  it("keep a curve of certified accuracy inside its band, to the cliff", async () => {
    const record = await read("mnist-0.5-mean");
    type Trace = { x: number[]; y: number[] };
    const [low, high, curve] = certifiedAccuracyFigure({ constant: record }, { band: true }).data as Trace[];
    expect(low.x.slice(0, -1)).toEqual(curve.x.slice(0, -1));
    curve.y.slice(0, -1).forEach((share, i) => {
      if (curve.x[i] === curve.x[i - 1]) return; // the foot of a step
      expect(low.y[i]).toBeLessThan(share);
      expect(high.y[i]).toBeGreaterThan(share);
    });
    expect(low.y.at(-1)).toBe(0);
  });

  it("have a numeric axis if comparisons are named by numbers", async () => {
    const [first, second] = [await read("mnist-0.5-mean"), await read("mnist-0.5-r0.01")];
    const comparison = compareRecords(first, second);
    const options = { title: "t", x: "rate r", quantities: { accuracy: QUANTITIES.accuracy } };
    const [numbers, names] = [
      differencesFigure({ 0.03: comparison, 0.06: comparison }, options),
      differencesFigure({ 0.03: comparison, more: comparison }, options),
    ];
    expect([numbers, names].map(({ layout }) => layout.xaxis?.type)).toEqual(["linear", "category"]);
    expect((numbers.data[0] as { x: number[] }).x).toEqual([0.03, 0.06]);
    expect(numbers.layout.annotations?.[0].text).toBe("accuracy");
  });
});
