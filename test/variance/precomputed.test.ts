import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionClassifier } from "../../src/classifiers/function-classifier";
import type { ImageDataset } from "../../src/datasets/image-dataset";
import { imageAt } from "../../src/datasets/image-dataset";
import { certifyDataset } from "../../src/experiments/certify-dataset";
import { precomputed } from "../../src/variance/precomputed";
import { userFunction } from "../../src/variance/user-function";

const folder = mkdtempSync(join(tmpdir(), "idrs-"));

/** Four images of 4 pixels, the last two the same. */
const dataset: ImageDataset = {
  ...{ name: "four", split: "test", channels: 1, height: 2, width: 2, count: 4, dimension: 4 },
  pixels: Uint8Array.of(0, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0),
  labels: Uint8Array.of(0, 1, 1, 0),
  classNames: ["a", "b"],
  checksums: { four: "0" },
};

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** A .npy file of doubles. */
function npy(values: readonly number[], shape: string = `(${values.length},)`, type: string = "<f8"): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + "\n";
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const magic = Buffer.from("\x93NUMPY\x01\x00", "latin1");
  return Buffer.concat([magic, length, Buffer.from(header), Buffer.from(Float64Array.from(values).buffer)]);
}

describe("σ(x) from a file", () => {
  it("is the value of its image, in any order, from CSV and from NumPy's arrays", async () => {
    const inputs = [2, 0, 1].map((i) => imageAt(dataset, i));
    const csv = file("s.csv", "index,sigma\n1,0.5\n0,0.25\n2,0.75\n3,0.75\n");
    const array = file("s.npy", npy([0.25, 0.5, 0.75, 0.75]));
    for (const path of [csv, array]) {
      const sigma = await precomputed({ file: path, dataset, rate: 1 });
      expect(Array.from(await sigma.sigma(inputs))).toEqual([0.75, 0.25, 0.5]);
      expect([sigma.rate, sigma.isConstant, sigma.name]).toEqual([1, false, "precomputed, unverified"]);
      expect(sigma.parameters.verified).toMatch(/^no/);
      await expect(async () => sigma.sigma([new Float32Array(4).fill(0.5)])).rejects.toThrow(
        /σ at this input is not known/,
      );
    }
  });

  it("names the image whose σ is missing", async () => {
    const path = file("m.csv", "index,sigma\n0,0.25\n2,0.75\n");
    const sigma = await precomputed({ file: path, dataset, rate: 1 });
    await expect(sigma.sigma([imageAt(dataset, 1)])).rejects.toThrow(
      `${path}: σ of image 1 of four is missing`,
    );
  });

  it("asks for η at images for which the default does not suffice", async () => {
    const [width, path] = [170_001, file("l.csv", "index,sigma\n0,0.5\n")];
    const pixels = new Uint8Array(width).fill(255);
    const large = {
      ...dataset,
      height: 1,
      width,
      count: 1,
      dimension: width,
      pixels,
      labels: Uint8Array.of(0),
    };
    const [byDefault, given] = [
      await precomputed({ file: path, dataset: large, rate: 1 }),
      await precomputed({ file: path, dataset: large, rate: 1, eta: 1e-4 }),
    ];
    await expect(byDefault.sigma([imageAt(large, 0)])).rejects.toThrow(/the default η of .* give eta$/);
    expect(Array.from(await given.sigma([imageAt(large, 0)]))).toEqual([0.5]);
  });

  it("certifies like a function with the same values, and is called unverified in the record", async () => {
    const path = file("c.csv", "index,sigma\n0,0.25\n1,0.3\n2,0.35\n3,0.35\n");
    const values = [0.25, 0.3, 0.35];
    const same = userFunction({
      name: "same",
      rate: 0.5,
      sigma: (x) => values[x[0] + x[1]],
    });
    const classifier = functionClassifier({
      ...{ name: "first pixel", dimension: 4, classCount: 2 },
      classOf: (x) => (x[0] > 0.5 ? 1 : 0),
    });
    const options = { classifier, dataset, every: 1, n0: 20, n: 500, alpha: 0.01, seed: 0 };
    const ours = await certifyDataset({
      ...options,
      variance: await precomputed({ file: path, dataset, rate: 0.5 }),
    });
    const theirs = await certifyDataset({ ...options, variance: same });
    const radii = ours.rows.map(({ radius }) => radius);
    expect(radii).toEqual(theirs.rows.map(({ radius }) => radius));
    expect(Math.max(...radii)).toBeGreaterThan(0.1);
    expect(ours.configuration.variance.name).toBe("precomputed, unverified");
    expect(ours.configuration.variance.parameters.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [
      "h1.csv",
      "index,sigma\n0,0.5\n1,0.9\n",
      /the rate 0.1 does not hold: between images 0 and 1, 1.000 apart, ln σ changes by 0.5878/,
    ],
    ["h2.csv", "index,sigma\n2,0.5\n3,0.6\n", /images 2 and 3 are the same, but σ is 0.5 and 0.6/],
    ["h3.csv", "idx,sigma\n0,1\n", /has no column index/],
    ["h4.csv", "index,sigma\n", /expected σ of at least one image of four, got none/],
    ["h5.csv", "index,sigma\n4,1\n", /line 2: index must be an integer from 0 to 3, got "4"/],
    ["h6.csv", "index,sigma\n1e99,1\n", /index must be an integer from 0 to 3/],
    ["h7.csv", "index,sigma\n0,-1\n", /line 2: sigma must be a positive number, got -1/],
    ["h8.csv", "index,sigma\n0,\n", /sigma must be a positive number, got NaN/],
    ["h9.csv", "index,sigma\n0,Infinity\n", /sigma must be a positive number/],
    ["h10.csv", "index,sigma\n0,1e-320\n", /sigma must be at least 2\^-1022/],
    ["h11.csv", "index,sigma\n0,1\n0,1\n", /line 3: image 0 appears twice/],
    ["h12.csv", "index,sigma\n0,1,2\n", /has 3 values, expected 2/],
    ["h13.csv", 'index,sigma\n"0,1\n', /quotation mark/],
    ["h14.csv", Buffer.alloc(1000, 7), /has no column index, sigma/],
    ["h1.npy", npy([1, 1, 1]), /holds 3 of f8, expected σ at each of the 4 images: 4 floats/],
    ["h2.npy", npy([1, 1, 1, 0]), /value 3 must be a positive number, got 0/],
    ["h3.npy", npy([1, 1, 1, 1], "(2, 2)"), /holds 2 × 2 of f8/],
    ["h4.npy", npy([1, 1, 1, 1], "(4,)", "<i8"), /holds 4 of i8/],
    [
      "h5.npy",
      npy([1, 1, 1, 1], "(999999999999,)"),
      /has 32 bytes of values, but its header says 999999999999/,
    ],
    ["h6.npy", npy([1, 1, 1, 1]).subarray(0, 130), /has 2 bytes of values/],
    ["h7.npy", "index,sigma\n0,1\n", /is not a \.npy file/],
  ])("refuses %s in one line", async (name, content, reason) => {
    const path = file(name, content);
    const error = await precomputed({ file: path, dataset, rate: 0.1 }).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(error?.message).toMatch(reason);
    expect(error?.message).toContain(name);
    expect(error?.message).not.toContain("\n");
  });

  it("refuses a missing file and an invalid rate", async () => {
    await expect(precomputed({ file: "nowhere.csv", dataset, rate: 1 })).rejects.toThrow(
      /nowhere\.csv: there is no such file/,
    );
    await expect(precomputed({ file: folder, dataset, rate: 1 })).rejects.toThrow(
      /is a folder, expected a file/,
    );
    await expect(precomputed({ file: "x", dataset, rate: -1 })).rejects.toThrow(
      /rate must be a number of at least 0/,
    );
  });
});
