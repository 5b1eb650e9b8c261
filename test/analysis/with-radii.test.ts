import { join } from "node:path";
import { expect, it } from "vitest";
import { withRadii } from "../../src/analysis/with-radii";
import { clampedRadius, CLAMPS } from "../../src/certificates/clamped-radius";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";

const read = (name: string): Promise<CertificationRecord> =>
  readRecord(join(__dirname, "../../records", name));

it("a record gets other radii for the same votes, and 0 for abstentions", async () => {
  const setting = { dimension: 784, sigma: 0.5, rate: 0.01, pA: 0.99, clamp: CLAMPS.mnist };
  const record = await read("mnist-0.5-r0.01");
  const other = withRadii(record, ({ sigma, pA }) => clampedRadius({ ...setting, sigma, pA }));
  const abstained = record.rows.findIndex(({ predicted }) => predicted === -1);
  if (abstained >= 0) expect(other.rows[abstained].radius).toBe(0);
  expect(other.rows.map(({ votes }) => votes)).toEqual(record.rows.map(({ votes }) => votes));
});
