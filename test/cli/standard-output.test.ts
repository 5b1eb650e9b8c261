import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noMnist } from "../datasets/mnist-available";

const project = join(__dirname, "../..");
const table = join(project, "test/reference/certified_radius.csv");

/** Runs `idrs` (in the place of IDRS) in a shell line; the line prints what is checked. */
function bash(line: string): Promise<{ out: string; err: string }> {
  const env = { ...process.env, IDRS: join(project, "bin/idrs.js"), TABLE: table };
  const script = `idrs() { "${process.execPath}" "$IDRS" "$@"; }; ${line}`;
  return new Promise((resolve) =>
    execFile("bash", ["-c", script], { env, encoding: "utf8" }, (_, out, err) => resolve({ out, err })),
  );
}

describe("lost output", () => {
  it.each([
    ['idrs radius --table "$TABLE" > /dev/full; echo $? >&2', /^idrs: standard output cannot .*\n1\n$/],
    ["idrs radius --help > /dev/full; echo $? >&2", /^idrs: standard output cannot .*\n1\n$/],
    ['idrs radius --table "$TABLE" | true; echo ${PIPESTATUS[0]} >&2', /^idrs: standard output .*\n1\n$/],
    // Room for a part of the table: the file is cut off.
    ['(ulimit -f 4; idrs radius --table "$TABLE" > cut; echo $? >&2)', /^idrs: standard output .*\n1\n$/],
    ["idrs frobnicate 2> /dev/full; echo $? >&2", /^1\n$/],
  ])("a result that cannot be written makes a command fail, in one line: %s", async (line, message) => {
    const { err } = await bash(`cd "${mkdtempSync(join(tmpdir(), "idrs-"))}"; ${line}`);
    expect(err).toMatch(message);
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(2);
  });

  it.skipIf(noMnist).each(["2>&1 | head -1", "2> /dev/full"])(
    "a certification goes on without its progress: %s",
    async (redirection) => {
      const out = join(mkdtempSync(join(tmpdir(), "idrs-")), "run");
      const model = join(project, "models/mnist-sigma-0.5/int8.onnx");
      await bash(
        `idrs certify --model ${model} --sigma 0.5 --n 500 --workers 1 --batch-size 64 --every 4000 --out ${out} ${redirection}`,
      );
      expect(readFileSync(join(out, "rows.csv"), "utf8").trim().split("\n").length).toBe(4);
    },
  );
});
