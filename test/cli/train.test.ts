import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noMnist } from "../datasets/mnist-available";

const program = join(__dirname, "../../bin/idrs.js");

describe.skipIf(noMnist)("idrs train", () => {
  it("ends cleanly on Ctrl-C, says how to resume, and is not resumed by another command", async () => {
    const out = mkdtempSync(join(tmpdir(), "idrs-"));
    const checkpoint = join(out, "checkpoint.bin");
    const args = ["train", "--sigma", "0.5", "--backend", "wasm", "--checkpoint-minutes", "0", "--out", out];
    const training = spawn(process.execPath, [program, ...args]);
    let err = "";
    training.stderr.on("data", (text) => (err += text));
    const ended = new Promise((resolve) => training.on("close", resolve));
    while (!existsSync(checkpoint) && training.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    training.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(err).toBe(`idrs: interrupted; the same command resumes from ${checkpoint}\n`);
    expect(existsSync(join(out, "model.onnx"))).toBe(false);

    const other = spawnSync(process.execPath, [program, ...args, "--epochs", "2"], { encoding: "utf8" });
    expect(other.stderr).toBe(
      `idrs: ${checkpoint} belongs to a different training run: options.epochs is 2, and was 15\n`,
    );
    expect(other.status).toBe(1);
  }, 60_000);

  it.each([
    [["--variance", "nearest-neighbor"], /needs --rate and --center/],
    [["--center", "1"], /--center needs --variance nearest-neighbor/],
    [["--start", "nowhere.bin"], /nowhere.bin: there is no such checkpoint/],
  ])("refuses %j in one line", (args, message) => {
    const out = join(tmpdir(), "idrs-never");
    const { stderr, status } = spawnSync(
      process.execPath,
      [program, "train", "--sigma", "0.5", "--backend", "wasm", "--out", out, ...args],
      { encoding: "utf8" },
    );
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(status).toBe(1);
    expect(existsSync(out)).toBe(false);
  });
});
