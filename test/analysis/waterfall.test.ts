import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cohenRadius } from "../../src/certificates/cohen";
import { radiusLimits } from "../../src/analysis/waterfall";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";

const read = (name: string): Promise<CertificationRecord> =>
  readRecord(join(__dirname, "../../records", name));

describe("the limits of the radii", () => {
  it("are Cohen's radius at p_A = α^(1/n) with constant σ, and no radius exceeds them", async () => {
    const record = await read("mnist-0.5-mean");
    const { n, alpha } = record.configuration;
    const { radius: expected } = cohenRadius({ sigma: 0.5178, pA: alpha ** (1 / n) });
    for (const limit of radiusLimits(record)) expect(limit / expected).toBeCloseTo(1, 9);
    for (const name of ["mnist-0.5-mean", "mnist-0.5-r0.01"]) {
      const { rows, ...rest } = await read(name);
      const limits = radiusLimits({ rows, ...rest });
      rows.forEach(({ radius }, i) => expect(radius).toBeLessThanOrEqual(limits[i]));
    }
  });

  it("differ between inputs with σ(x)", async () => {
    expect(new Set(radiusLimits(await read("mnist-0.5-r0.01"))).size).toBeGreaterThan(400);
  });
});
