import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandLine, wholeRunCommand } from "../../src/experiments/command-line";

const hostile = [
  "a b",
  "$&",
  "$HOME",
  "it's",
  '"',
  "\\",
  "*",
  "a;b",
  "`id`",
  "#x",
  "(y)",
  "~",
  "",
  "é σ",
  "{a,b}",
  "!",
  "a=b",
];

/** The words that a shell makes of a line. */
function wordsOf(line: string): string[] {
  const script = `set -- ${line}; for word in "$@"; do printf '%s\\0' "$word"; done`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe("a recorded command", () => {
  it("gives a shell the original words", () => {
    const words = ["idrs", "certify", "--out", ...hostile];
    expect(wordsOf(commandLine(words))).toEqual(words);
    expect(commandLine(["idrs", "certify", "--sigma", "0.5", "--out", "records/a-b_1"])).toBe(
      "idrs certify --sigma 0.5 --out records/a-b_1",
    );
  });

  it("of a shard becomes that of the run, whatever the names of the folders", () => {
    const text = fc.constantFrom("part", ...hostile);
    fc.assert(
      fc.property(text, text, fc.boolean(), (part, whole, joined) => {
        const out = joined ? [`--out=${part}`] : ["--out", part];
        const shard = joined ? ["--shard=2/3"] : ["--shard", "2/3"];
        const line = commandLine(["idrs", "certify", "--model", part, ...shard, ...out, "--n", "5"]);
        expect(wordsOf(wholeRunCommand(line, whole))).toEqual([
          "idrs",
          "certify",
          "--model",
          part,
          "--out",
          whole,
          "--n",
          "5",
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it("of another program stays unchanged", () => {
    for (const command of ["a test", "node run.js | tee log", "idrs certify > log"]) {
      expect(wholeRunCommand(command, "out")).toBe(command);
    }
  });
});
