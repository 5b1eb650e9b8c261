import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageDataset } from "../../src/datasets/image-dataset";
import { certifyDataset, type CertifyDatasetOptions } from "../../src/experiments/certify-dataset";
import { type CertificationRecord, readRecord } from "../../src/experiments/record";
import { constant } from "../../src/variance/constant";
import { halfSpaceClassifier } from "../smoothing/linear-classifier";

/** Twenty-five images of four pixels; the first pixel decides the class. */
export const stripes: ImageDataset = {
  name: "stripes",
  split: "test",
  channels: 1,
  height: 2,
  width: 2,
  count: 25,
  dimension: 4,
  pixels: Uint8Array.from({ length: 100 }, (_, i) => (i % 4 === 0 ? i * 2.5 : 7 * i)),
  labels: Uint8Array.from({ length: 25 }, (_, i) => (i > 12 ? 1 : 0)),
  classNames: ["dark", "bright"],
  checksums: { stripes: "none" },
};

/** A folder that is not there yet, in one of its own. */
export async function newFolder(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "idrs-")), "run");
}

/** Certifies every second of the stripes, changed as a test wants. */
export function certifyStripes(
  folder: string,
  change: Partial<CertifyDatasetOptions> = {},
): Promise<CertificationRecord> {
  return certifyDataset({
    classifier: halfSpaceClassifier(4, 0.5),
    variance: constant(0.25),
    dataset: stripes,
    every: 2,
    n0: 10,
    n: 300,
    alpha: 0.01,
    seed: 3,
    folder,
    command: "a test",
    ...change,
  });
}

/** The rows of a record, without what differs from run to run. */
export async function rowsOf(folder: string): Promise<object[]> {
  return (await readRecord(folder)).rows.map(({ seconds, ...row }) => row);
}
