import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { encodeOnnx, type OnnxNode, type OnnxWeight } from "../../src/onnx/onnx-format";

/** A small network for images of 3 × 224 × 224 and 1000 classes. */
function network(): Uint8Array {
  const values = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i + 1));
  const weights: OnnxWeight[] = [
    { name: "filters", shape: [8, 3, 7, 7], values: values(8 * 3 * 49) },
    { name: "matrix", shape: [8, 1000], values: values(8000) },
  ];
  const nodes: OnnxNode[] = [
    { operator: "Conv", inputs: ["x", "filters"], output: "c", attributes: { strides: [8, 8] } },
    { operator: "Relu", inputs: ["c"], output: "r" },
    { operator: "GlobalAveragePool", inputs: ["r"], output: "p" },
    { operator: "Flatten", inputs: ["p"], output: "f" },
    { operator: "MatMul", inputs: ["f", "matrix"], output: "scores" },
  ];
  const inputs = [{ name: "x", shape: ["n", 3, 224, 224] }];
  return encodeOnnx({
    name: "large",
    inputs,
    output: { name: "scores", shape: ["n", 1000] },
    nodes,
    weights,
  });
}

/** A .npy file of bytes. */
function npy(shape: string, data: Uint8Array): Buffer {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + "\n";
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(header), data]);
}

it("images of 3 × 224 × 224 with 1000 classes are certified in the memory of a few batches", () => {
  const folder = mkdtempSync(join(tmpdir(), "idrs-"));
  writeFileSync(join(folder, "large.onnx"), network());
  const pixels = Uint8Array.from({ length: 2 * 3 * 224 * 224 }, (_, i) => (i * 7) % 256);
  writeFileSync(join(folder, "images.npy"), npy("(2, 3, 224, 224)", pixels));
  writeFileSync(join(folder, "labels.npy"), npy("(2,)", Uint8Array.of(3, 200)));
  writeFileSync(
    join(folder, "peak.cjs"),
    'process.on("exit", () => require("fs").writeFileSync("peak", String(process.resourceUsage().maxRSS)))',
  );
  const peakOf = (n: number): number => {
    const command = ["certify", "--data", "images.npy", "--classes", "1000", "--model", "large.onnx"];
    const options = [
      "--sigma",
      "0.5",
      "--every",
      "1",
      "--n0",
      "10",
      "--n",
      String(n),
      "--out",
      `r${n}`,
      "--quiet",
    ];
    const idrs = join(__dirname, "../../bin/idrs.js");
    const args = ["--require", join(folder, "peak.cjs"), idrs, ...command, ...options];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    return Number(readFileSync(join(folder, "peak"), "utf8")) / 1024;
  };
  const [few, many] = [peakOf(100), peakOf(1500)];
  // The copies of both images would take 1.8 GB together.
  expect(many).toBeLessThan(900);
  expect(many).toBeLessThan(few + 250);
});
