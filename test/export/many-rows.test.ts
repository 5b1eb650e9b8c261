import { expect, it } from "vitest";
import { compareRadii } from "../../src/analysis/waterfall";
import type { CertificationRecord } from "../../src/experiments/record";
import { reachedRadii } from "../../src/export/record-parts";
import { tableFile } from "../../src/export/table-file";

/** More rows than a function call has arguments. */
const rows = Array.from({ length: 200_000 }, (_, i) => ({ radius: i / 200_000 }));
const record = { rows } as unknown as CertificationRecord;

it("records with many rows are tabulated and compared", () => {
  expect(reachedRadii([["many", record]])).toEqual([0, 0.25, 0.5, 0.75]);
  expect(compareRadii(record, record)).toMatchObject({ "largest radius, first": 0.999995, "gain radius": 0 });
  expect(tableFile(rows, ".md").split("\n")).toHaveLength(200_003);
});
