import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noMnist } from "../datasets/mnist-available";

const project = join(__dirname, "../..");
const model = join(project, "models/mnist-sigma-0.5178/model.onnx");
const out = join(mkdtempSync(join(tmpdir(), "idrs-")), "in 8 bits.onnx");

function quantize(...args: string[]): { status: number | null; out: string; err: string } {
  const command = [join(project, "bin/idrs.js"), "quantize", "--sigma", "0.5178", ...args];
  const result = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { status: result.status, out: result.stdout, err: result.stderr };
}

describe("idrs quantize", () => {
  it.skipIf(noMnist)("writes the quantized file, and reports its agreement", () => {
    const result = quantize("--model", model, "--images", "32", "--out", out);
    expect(result.err).toBe("");
    expect(result.out).toMatch(
      /181 KB; on 10000 noisy test images it agrees with .* on 99\.\d\d %; accuracy 97\.\d\d % against 97\.\d\d %\n$/,
    );
    expect(statSync(out).size / statSync(model).size).toBeLessThan(0.28);
    const log = JSON.parse(readFileSync(out.replace(".onnx", ".json"), "utf8"));
    expect(log).toMatchObject({ sigma: 0.5178, images: 32, seed: 0, test: { noisyAccuracy: {} } });
    expect(log.command).toMatch(
      /^idrs quantize --sigma 0.5178 --model .* --images 32 --out '.*in 8 bits.onnx'$/,
    );
    for (const [file, { sha256 }] of [
      [model, log.quantizedFrom],
      [out, log.model],
    ]) {
      expect(createHash("sha256").update(readFileSync(file)).digest("hex")).toBe(sha256);
    }
  });

  it("refuses invalid options in one line", () => {
    const unwritten = `${out}-not`;
    for (const [args, message] of [
      [
        ["--model", model, "--out", model],
        /^idrs: .*model.onnx, from which the quantized model is made: give another file$/,
      ],
      [["--model", model, "--mean", "0.5", "--out", unwritten], /^idrs: give --mean and --std together$/],
      [["--model", model, "--data", "svhn", "--out", unwritten], /^idrs: data set must be one of/],
      [["--out", unwritten], /^idrs: required option '--model <file>' not specified$/],
    ] as [string[], RegExp][]) {
      const { status, err } = quantize(...args);
      expect(err.trim()).toMatch(message);
      expect(status).not.toBe(0);
    }
    expect(existsSync(unwritten)).toBe(false);
  });
});
