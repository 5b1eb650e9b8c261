import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JSDOM } from "jsdom";
import Papa from "papaparse";
import { beforeAll, describe, expect, it } from "vitest";
import { readCohenLog } from "../../src/analysis/cohen-log";
import { summarize } from "../../src/analysis/summary";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";
import { save } from "../../src/export/save";
import { makeReport, reportCsv, reportPage } from "../../src/pages/report-page";

const folder = join(__dirname, "../../records");
let constant: CertificationRecord;
let nearest: CertificationRecord;
beforeAll(async () => {
  constant = await readRecord(join(folder, "mnist-0.5-mean"));
  nearest = await readRecord(join(folder, "mnist-0.5-r0.01"));
});

const textOf = (element: Element | null): string => element?.textContent?.replace(/\s+/g, " ") ?? "";

describe("the report of a comparison", () => {
  let page: string;
  let document: Document;
  beforeAll(async () => {
    page = await reportPage([
      ["mnist-0.5-mean", constant],
      ["mnist-0.5-r0.01", nearest],
    ]);
    document = new JSDOM(page).window.document;
  });

  it("is one file below 6 MB that requests nothing else", () => {
    expect(Buffer.byteLength(page)).toBeLessThan(6e6);
    for (const element of document.querySelectorAll("[src], link[href]")) {
      expect(element.getAttribute("src")).toMatch(/^data:/);
    }
    const styles = [...document.querySelectorAll("style")].map(({ textContent }) => textContent).join("");
    expect(styles).not.toMatch(/@import|url\(/);
  });

  it("has every figure twice: interactive and as a picture, named", () => {
    const figures = [...document.querySelectorAll(".figure")];
    expect(figures).toHaveLength(4);
    for (const figure of figures) {
      expect(figure.querySelector("img")?.getAttribute("src")).toMatch(/^data:image\/png;base64,iVBOR/);
      expect(figure.querySelector("img")?.getAttribute("alt")).toMatch(/accuracy|radius/);
      expect(JSON.parse(figure.querySelector("script")!.textContent!).data.length).toBeGreaterThan(0);
    }
  });

  it("states the figures of each run, their differences, configuration and commands", () => {
    const text = textOf(document.querySelector("main"));
    for (const record of [constant, nearest]) {
      expect(text).toContain(summarize(record).averageRadius.toFixed(4));
      expect(text).toContain(record.command);
      expect(text).toContain(record.configuration.model.sha256);
      expect(text).toContain(`500 of the 10,000 images of MNIST (test)`);
    }
    expect(text).toContain("semi-elastic with rate r = 0.01");
    const differing = [...document.querySelectorAll("tr.differs td:first-child")].map(textOf);
    expect(differing).toEqual(expect.arrayContaining(["variance › name", "variance › rate"]));
    expect(differing).not.toContain("seed");
  });
});

describe("the report", () => {
  it("of one run lists the misclassified images, and compares nothing", async () => {
    const document = new JSDOM(await reportPage([["run", constant]])).window.document;
    expect(textOf(document.querySelector("h1"))).toBe("Certification run run");
    const tables = [...document.querySelectorAll("table")];
    const wrong = tables.find((table) => textOf(table.caption) === "Wrong or abstained, run")!;
    expect(wrong.tBodies[0].rows).toHaveLength(constant.rows.filter(({ correct }) => !correct).length);
    expect(document.body.textContent).not.toContain("Intervals are paired");
  });

  it("has the given title and labels, in their order, whatever their text", async () => {
    const page = await reportPage(
      [
        ["2", constant],
        ["1", nearest],
        ["constructor", constant],
        ["__proto__", constant],
      ],
      { title: "Mine & yours" },
    );
    const { document } = new JSDOM(page).window;
    expect([document.title, textOf(document.querySelector("h1"))]).toEqual(["Mine & yours", "Mine & yours"]);
    const names = ["2", "1", "constructor", "__proto__"];
    const [summary] = document.querySelectorAll("table");
    expect([...summary.tBodies[0].rows].map(({ cells }) => textOf(cells[0]))).toEqual(names);
    const [figure] = [...document.querySelectorAll(".figure script")].map((f) => JSON.parse(f.textContent!));
    expect(figure.data.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(page).toContain("2 (first) and 1 (second)");
  });

  it("names σ, and contains its tables as CSV", async () => {
    const entries = [["a", constant], ["b, with a comma", nearest]] as const; // prettier-ignore
    const { document } = new JSDOM(await reportPage(entries)).window;
    const text = textOf(document.querySelector("main"));
    expect(text).toMatch(/smoothed with constant σ = 0\.\d+\./);
    expect(text).toMatch(/smoothed with σ\(x\) “.*” \(0\.\d+ to 0\.\d+, mean 0\.\d+\), semi-elastic/);
    const href = document.querySelector("a[download]")!.getAttribute("href")!;
    const csv = decodeURIComponent(href.slice(href.indexOf(",") + 1));
    expect(csv).toBe(reportCsv(entries));
    const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
    expect(data.map(({ run }) => run)).toEqual(["a", "b, with a comma"]);
    const summary = summarize(nearest);
    expect(Number(data[1]["mean σ(x)"])).toBe(summary.meanSigma);
    expect(Number(data[1]["certified at 0"])).toBe(summary.accuracy);
  });

  it("names the records that cannot be compared, and an unfinished run", async () => {
    const part = { ...nearest, rows: nearest.rows.slice(0, 100) };
    const page = await reportPage([
      ["all", constant],
      ["part", part],
    ]);
    expect(page).toContain(
      "all (500 images) and part (100 images): only runs on the same images can be compared",
    );
    expect(page).not.toContain("Intervals are paired");
    expect(page.split("The run is unfinished: it is for 500 images.")).toHaveLength(2);
  });

  it("shows hostile names and configurations as text", async () => {
    const hostile = `</script><img src=x onerror="window.broken = true">`;
    const record = {
      ...constant,
      command: hostile,
      configuration: { ...constant.configuration, model: { file: hostile } },
    };
    const { document } = new JSDOM(await reportPage([[hostile, record]])).window;
    expect(document.querySelectorAll("[onerror]")).toHaveLength(0);
    expect(document.querySelectorAll("main img").length).toBe(document.querySelectorAll(".figure").length);
    expect(textOf(document.querySelector("pre.source"))).toBe(hostile);
  });

  it("of a log says what is assumed", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "idrs-")), "log.tsv");
    await save(file, constant);
    const log = await readCohenLog(file, { sigma: 0.5, dataset: constant.configuration.dataset });
    const { document } = new JSDOM(await reportPage([["log", log]])).window;
    const text = textOf(document.querySelector("main"));
    expect(text).toContain(
      "does not state n0, n and α: n0 = 100, n = 100,000 and α = 0.001 are assumed. Its radii cannot be checked",
    );
    expect(text).not.toContain("each certificate is wrong with probability at most");
    const [figure] = [...document.querySelectorAll(".figure script")].map((f) => JSON.parse(f.textContent!));
    expect(figure.layout.title.text).toBe("Certified accuracy");
  });

  it("has the columns of classes in the order of the records, even if the first lacks a class", async () => {
    const part = { ...constant, rows: constant.rows.filter(({ label }) => label > 0) };
    const { tables } = await makeReport([
      ["part", part],
      ["all", constant],
    ]);
    const { rows } = tables.get("classes")!;
    expect(Object.keys(rows[0])).toEqual([
      ...["class", "accuracy, part", "average radius, part", "accuracy, all", "average radius, all"],
    ]);
    expect(Object.values(rows[0]).slice(0, 3)).toEqual(["0", null, null]);
  });

  it("of two data sets has a table of classes for each", async () => {
    const cifar10 = await readRecord(join(folder, "cifar10-0.5-mean"));
    const page = await reportPage([
      ["color", cifar10],
      ["gray", constant],
    ]);
    const tables = [...new JSDOM(page).window.document.querySelectorAll("table")];
    const classes = tables.filter((table) => textOf(table.rows[0].cells[0]) === "class");
    expect(classes.map((table) => textOf(table.caption))).toEqual(["CIFAR-10", "MNIST"]);
    expect(classes.map((table) => textOf(table.tBodies[0].rows[0].cells[0]))).toEqual(["airplane", "0"]);
    expect(classes.map((table) => table.rows[0].cells.length)).toEqual([3, 3]);
  });

  it("needs a record with rows", async () => {
    await expect(reportPage([])).rejects.toThrow(new RangeError("a report needs at least one record"));
    await expect(reportPage([["empty", { ...constant, rows: [] }]])).rejects.toThrow(
      "record empty has no rows",
    );
  });
});
