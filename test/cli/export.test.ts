import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const project = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "idrs-"));
const [constant, nearest] = ["mnist-0.5-mean", "mnist-0.5-r0.01"].map((name) =>
  join(project, "records", name),
);

function idrs(...args: string[]): { status: number | null; out: string; err: string } {
  const result = spawnSync(process.execPath, [join(project, "bin/idrs.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status: result.status, out: result.stdout, err: result.stderr };
}

const text = (file: string): string => readFileSync(join(folder, file), "latin1");

describe("idrs export", () => {
  it("writes each figure as PDF in the requested size", () => {
    for (const name of ["certified-accuracy", "difference", "waterfall", "classes"]) {
      const file = `new/${name}.pdf`;
      const size = ["--width", "5.5", "--height", "2", "--font-size", "9"];
      expect(idrs("export", "figure", constant, nearest, "--figure", name, ...size, "--out", file)).toEqual({
        status: 0,
        out: `${file}\n`,
        err: "",
      });
      expect(text(file)).toContain("/MediaBox [0 0 396 144]");
    }
  });

  it("writes tables, and a record as a log that goes into a report with its figures and tables", () => {
    expect(
      idrs("export", "table", constant, nearest, "--label", "constant", "--label", "b", "--out", "t.tex").err,
    ).toBe("");
    expect(text("t.tex")).toMatch(/\\toprule\n.*certified at 0\.25.*\n.*\\midrule\n {2}constant & 500 & /);
    expect(idrs("export", "table", constant, nearest, "--table", "differences", "--out", "t.csv").err).toBe(
      "",
    );
    expect(text("t.csv")).toContain("average certified radius");
    expect(idrs("export", "record", constant, "--out", "r.tsv").err).toBe("");
    expect(idrs("report", constant, "r.tsv", "--sigma", "0.5178", "--export", "paper").err).toBe("");
    const files = readdirSync(join(folder, "paper"));
    expect(files).toEqual(
      expect.arrayContaining(["certified-accuracy.pdf", "certified-accuracy.svg", "summary.tex"]),
    );
    expect(files).toEqual(expect.arrayContaining(["classes.md", "radius-by-class-r.tsv.pdf"]));
    expect(text("paper/summary.md")).toContain("| mnist-0.5-mean | 500 | ");
  });

  it("never overwrites what it reads, not even through a link", () => {
    cpSync(constant, join(folder, "mine"), { recursive: true });
    symlinkSync(join(folder, "mine", "rows.csv"), join(folder, "link.csv"));
    const rows = text("mine/rows.csv");
    for (const args of [
      ["report", "mine", "--out", "mine/rows.csv"],
      ["report", "mine", "--out", "mine.html", "--csv", "mine/rows.csv"],
      ["report", "mine", "--out", "mine/configuration.json"],
      ["export", "table", "mine", "--out", "link.csv"],
      ["export", "record", "mine", "--out", "mine/rows.csv"],
    ]) {
      const { status, err } = idrs(...args);
      expect([status, err]).toEqual([
        1,
        expect.stringMatching(/ is .*, which this command reads: give another file\n$/),
      ]);
    }
    expect(text("mine/rows.csv")).toBe(rows);
  });

  it("gives each log its own σ, and takes --data only without a folder", () => {
    expect(idrs("export", "record", constant, "--out", "again.tsv").status).toBe(0);
    const logs = [
      "again.tsv",
      "again.tsv",
      "--sigma",
      "0.5",
      "--sigma",
      "0.25",
      "--label",
      "a",
      "--label",
      "b",
    ];
    expect(idrs("export", "table", ...logs, "--data", "mnist", "--out", "logs.csv").err).toBe("");
    expect(
      text("logs.csv")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",")[2]),
    ).toEqual(["0.5", "0.25"]);
    const both = [constant, "again.tsv", "--sigma", "0.5", "--data", "cifar10", "--out", "both.csv"];
    expect(idrs("export", "table", ...both).err).toMatch(
      /--data names the images of logs where there is no folder/,
    );
  });

  it("says that a run is unfinished, and a report that its runs are on different data sets", () => {
    cpSync(constant, join(folder, "part"), { recursive: true });
    const rows = readFileSync(join(constant, "rows.csv"), "utf8").split("\n").slice(0, 7);
    writeFileSync(join(folder, "part", "rows.csv"), `${rows.join("\n")}\n`);
    const unfinished = "part is unfinished: 6 of the 500 images of this run\n";
    expect(idrs("export", "table", "part", "--out", "part.csv")).toMatchObject({
      status: 0,
      err: unfinished,
    });
    const color = join(project, "records/cifar10-0.5-mean");
    expect(idrs("report", "part", color, "--out", "part.html").err).toBe(
      `${unfinished}the runs are on different data sets: mnist, cifar10\n`,
    );
  });

  it("prints the citations of a run", () => {
    expect(idrs("cite", constant).out).toContain("@article{lecun1998gradient,");
  });

  it.each([
    [
      ["figure", constant, "--out", "x.eps"],
      /x\.eps: the extension for a figure must be \.pdf, \.svg, \.png, got "\.eps"/,
    ],
    [
      ["figure", constant, "--figure", "difference", "--out", "x.pdf"],
      /a difference needs two records, got 1/,
    ],
    [["figure", constant, "--width", "-1", "--out", "x.pdf"], /width must be a positive number, got -1/],
    [["figure", "nowhere", "--out", "x.pdf"], /nowhere: no record \(no configuration\.json\)/],
    [
      ["table", constant, "--table", "differences", "--out", "x.md"],
      /differences needs at least two records/,
    ],
    [
      ["table", constant, "--digits", "99", "--out", "x.md"],
      /digits must be an integer in \[1, 15\], got 99/,
    ],
    [["record", constant, nearest, "--out", "x.csv"], /a file holds one record, got 2/],
    [["record", "r.tsv", "--out", "x.csv"], /give --sigma once for each log, expected 1 \(r\.tsv\), got 0/],
    [["record", constant, "--out", "/dev/null/x.csv"], /cannot be written/],
  ])("answers %j with one line, and writes nothing", (args, message) => {
    const { status, err } = idrs("export", ...args);
    expect(err).toMatch(message);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(1);
    expect(readdirSync(folder).filter((name) => name.startsWith("x"))).toEqual([]);
  });
});
