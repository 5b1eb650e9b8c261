import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noMnist } from "./datasets/mnist-available";

const folder = join(__dirname, "../examples");

/** What an example prints, and the files that it writes. */
const RESULTS: Readonly<Record<string, { out: RegExp; files: string[]; mnist?: true }>> = {
  "your-sigma.mjs": {
    out: /not refuted[^]*radius: \d\.\d+[^]*same radii: true/,
    files: ["sigmas.csv"],
    mnist: true,
  },
  "your-network.mjs": { out: /10 classes[^]*radius: \d\.\d+/, files: [], mnist: true },
  "your-data.mjs": { out: /4 images, 3 × 6 × 5[^]*radius: \d\.\d+/, files: [] },
  "your-logs.mjs": {
    out: /theirs 1\.360\d* ours 1\.330\d*/,
    files: ["beside.pdf", "differences.md", "log.tsv"],
  },
  "your-figure.mjs": { out: /^$/, files: ["accuracy.pdf", "differences.tex", "idrs.bib", "paper.tex"] },
};

describe("the examples", () => {
  it("are those of the README, each below 40 lines", () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
    expect(programs.sort()).toEqual(Object.keys(RESULTS).sort());
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    for (const name of programs) {
      expect(readme).toContain(`](${name})`);
      expect(readFileSync(join(folder, name), "utf8").split("\n").length).toBeLessThan(40);
    }
  });

  for (const [name, { out, files, mnist }] of Object.entries(RESULTS)) {
    it.skipIf(mnist && noMnist)(`${name} runs`, () => {
      const cwd = mkdtempSync(join(tmpdir(), "idrs-"));
      const result = spawnSync(process.execPath, [join(folder, name)], { cwd, encoding: "utf8" });
      expect(result.stderr).toBe("");
      expect(result.status).toBe(0);
      expect(result.stdout).toMatch(out);
      expect(readdirSync(cwd).sort()).toEqual(files);
    });
  }
});
