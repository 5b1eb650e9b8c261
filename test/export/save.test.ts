import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PDFiumLibrary, type PDFiumLibrary as Library } from "@hyzyla/pdfium";
import { JSDOM } from "jsdom";
import Papa from "papaparse";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCohenLog } from "../../src/analysis/cohen-log";
import { type CertificationRecord, readRecord } from "../../src/experiments/record";
import { save } from "../../src/export/save";
import { certifiedAccuracyFigure } from "../../src/figures/certified-accuracy-figure";
import type { PlotlyFigure } from "../../src/figures/figure";

const folder = mkdtempSync(join(tmpdir(), "idrs-save-"));
const at = (name: string): string => join(folder, name);
let record: CertificationRecord;
let figure: PlotlyFigure;
let library: Library;
beforeAll(async () => {
  library = await PDFiumLibrary.init();
  record = await readRecord(join(__dirname, "../../records/cifar10-0.5-r0.01"));
  figure = certifiedAccuracyFigure({ "σ(x), r = 0.01": record, again: record }, { title: "A title" });
});
afterAll(() => library.destroy());

/** A page as pixels, four bytes each, at so many to the point. */
async function rendered(
  file: string,
  scale: number,
): Promise<{ width: number; height: number; data: Uint8Array }> {
  const document = await library.loadDocument(readFileSync(file));
  const page = document.getPage(0);
  const image = await page.render({ scale, render: ({ data }) => Promise.resolve(data) });
  document.destroy();
  return image;
}

/** The share of pixels of some color, blue and red in either order. */
function shareOf(data: Uint8Array, isWanted: (red: number, green: number, blue: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < data.length; i += 4) if (isWanted(data[i], data[i + 1], data[i + 2])) count++;
  return (4 * count) / data.length;
}

describe("a figure as PDF", () => {
  it("has the requested size in inches, embedded TrueType text, and no title", async () => {
    await save(at("a.pdf"), figure, { width: 3.25, height: 2.25 });
    const content = readFileSync(at("a.pdf"));
    expect(content.toString("latin1")).toContain("/MediaBox [0 0 234 162]");
    expect(content.toString("latin1")).toMatch(/\/BaseFont \/[A-Z]{6}\+DejaVuSans\n/);
    expect(content.toString("latin1")).toContain("/FontFile2");
    expect(content.toString("latin1")).not.toMatch(/\/Type3|\/Subtype \/Type1\b/);
    const document = await library.loadDocument(content);
    const text = document.getPage(0).getText().replace(/\s+/g, "");
    document.destroy();
    for (const words of ["certified accuracy", "σ(x), r = 0.01", "radius (pixels in [0, 1])", "0.5"]) {
      expect(text).toContain(words.replaceAll(" ", ""));
    }
    expect(text).not.toContain("Atitle");
  });

  it("looks like the PNG", async () => {
    const size = { width: 3, height: 2, title: true };
    await save(at("b.pdf"), figure, size);
    await save(at("b.png"), figure, size);
    const pdf = await rendered(at("b.pdf"), 300 / 72);
    const png = PNG.sync.read(readFileSync(at("b.png")));
    expect([png.width, png.height]).toEqual([900, 600]);
    expect([pdf.width, pdf.height]).toEqual([900, 600]);
    const differs = pdf.data.filter((value, i) => i % 4 === 1 && Math.abs(value - png.data[i]) > 128).length;
    expect(differs / (900 * 600)).toBeLessThan(0.01);
    expect(shareOf(png.data, (_, green) => green < 128)).toBeGreaterThan(0.02);
  });

  it("has the requested font size", async () => {
    const heights: number[] = [];
    for (const fontSize of [8, 16]) {
      const one: PlotlyFigure = {
        data: [{ type: "scatter", x: [0, 1], y: [0, 1] }],
        layout: {
          xaxis: { visible: false },
          yaxis: { visible: false },
          annotations: [{ text: "H", x: 0.2, y: 0.8, showarrow: false, font: { color: "#00ff00" } }],
        },
      };
      await save(at("letter.pdf"), one, { width: 3, height: 2, fontSize });
      const { width, height, data } = await rendered(at("letter.pdf"), 10);
      const rows = Array.from({ length: height }, (_, y) =>
        Array.from({ length: width }, (_, x) => 4 * (y * width + x)).some(
          (i) => data[i] < 80 && data[i + 1] > 180 && data[i + 2] < 80,
        ),
      ).filter(Boolean).length;
      heights.push(rows / 10);
    }
    // A capital of DejaVu Sans is 0.729 of the size.
    expect(heights[0]).toBeCloseTo(0.729 * 8, 0);
    expect(heights[1]).toBeCloseTo(0.729 * 16, 0);
  });

  it("draws heatmaps and images as pixels", async () => {
    const map: PlotlyFigure = {
      data: [
        {
          type: "heatmap",
          z: [[0, 1]],
          showscale: false,
          colorscale: [
            [0, "#00ff00"],
            [1, "#00ff00"],
          ],
        },
      ],
    };
    await save(at("map.pdf"), map);
    const { data } = await rendered(at("map.pdf"), 1);
    expect(shareOf(data, (red, green, blue) => green > 200 && red < 60 && blue < 60)).toBeGreaterThan(0.5);
  });

  it("is the same in every run", async () => {
    for (const end of ["pdf", "svg", "png"]) {
      await save(at(`one.${end}`), figure);
      await save(at(`two.${end}`), figure);
      expect(readFileSync(at(`one.${end}`)).equals(readFileSync(at(`two.${end}`))), end).toBe(true);
    }
  });
});

describe("a figure as SVG", () => {
  it("has its size in inches, and text in DejaVu Sans", async () => {
    await save(at("a.svg"), figure, { width: 6.75, height: 2.5, title: true });
    const { document } = new JSDOM(readFileSync(at("a.svg"), "utf8"), { contentType: "image/svg+xml" })
      .window;
    const svg = document.documentElement;
    expect([svg.getAttribute("width"), svg.getAttribute("height")]).toEqual(["6.75in", "2.5in"]);
    expect(svg.textContent).toContain("A title");
    expect(svg.textContent).toContain("certified accuracy");
    const fonts = [...svg.querySelectorAll("text")].map((text) => text.getAttribute("style") ?? "");
    expect(fonts.length).toBeGreaterThan(5);
    for (const style of fonts) expect(style).toContain("DejaVu Sans");
  });
});

describe("a table", () => {
  const rows = [
    { σ_b: 0.5, run: "constant σ & more", "R > 0": 0.12345678, note: null },
    { σ_b: 0.25, run: "50 % | _x_, p_A", "R > 0": -1, note: NaN },
  ];

  it("is CSV with all digits", async () => {
    await save(at("t.csv"), rows);
    expect(readFileSync(at("t.csv"), "utf8")).toBe(
      'σ_b,run,R > 0,note\n0.5,constant σ & more,0.12345678,\n0.25,"50 % | _x_, p_A",-1,\n',
    );
  });

  it("has objects as JSON", async () => {
    const rows = (await readRecord(join(__dirname, "../../records/cifar10-dual"))).rows.slice(0, 2);
    await save(at("dual.csv"), rows);
    const { data } = Papa.parse<{ selector: string }>(readFileSync(at("dual.csv"), "utf8"), {
      header: true,
      skipEmptyLines: true,
    });
    expect(data.map(({ selector }) => JSON.parse(selector) as unknown)).toEqual(
      rows.map(({ selector }) => selector),
    );
  });

  it("is Markdown with rounded numbers, aligned to the right", async () => {
    await save(
      at("t.md"),
      rows.map(({ note: _, ...row }) => row),
      { digits: 3 },
    );
    expect(readFileSync(at("t.md"), "utf8")).toBe(
      "| σ\\_b | run | R \\> 0 |\n| ---: | --- | ---: |\n" +
        "| 0.50 | constant σ & more | 0.123 |\n| 0.25 | 50 % \\| \\_x\\_, p\\_A | −1.000 |\n",
    );
  });

  it("is LaTeX with booktabs and escaped commands", async () => {
    await save(
      at("t.tex"),
      rows.map(({ note: _, ...row }) => row),
      { decimals: 2 },
    );
    expect(readFileSync(at("t.tex"), "utf8").split("\n")).toEqual([
      "% \\usepackage{booktabs}",
      "\\begin{tabular}{rlr}",
      "  \\toprule",
      "  $\\sigma_b$ & run & R $>$ 0 \\\\",
      "  \\midrule",
      "  0.50 & constant $\\sigma$ \\& more & 0.12 \\\\",
      "  0.25 & 50 \\% $|$ \\_x\\_, $p_A$ & $-$1.00 \\\\",
      "  \\bottomrule",
      "\\end{tabular}",
      "",
    ]);
  });

  it("is LaTeX in which no row starts with an option of the row above", async () => {
    await save(at("t.tex"), [{ run: "[0.1, 0.2]" }, { run: "* with early stopping" }]);
    expect(readFileSync(at("t.tex"), "utf8").split("\n").slice(5, 7)).toEqual([
      "  {[}0.1, 0.2] \\\\",
      "  {*} with early stopping \\\\",
    ]);
  });

  it("is LaTeX in which a $ of the text stays a letter beside a symbol", async () => {
    await save(at("d.tex"), [{ $σ$: "5$<$ σ≤1" }]);
    expect(readFileSync(at("d.tex"), "utf8").split("\n").slice(3, 6)).toEqual([
      "  \\$$\\sigma$\\$ \\\\",
      "  \\midrule",
      "  5\\$$<$\\$ $\\sigma\\le$1 \\\\",
    ]);
  });
});

describe("a record", () => {
  it("is CSV with one row per image", async () => {
    await save(at("r.csv"), record);
    const { data } = Papa.parse<Record<string, string>>(readFileSync(at("r.csv"), "utf8"), {
      header: true,
      skipEmptyLines: true,
    });
    expect(data.map(({ index, radius }) => [Number(index), Number(radius)])).toEqual(
      record.rows.map(({ index, radius }) => [index, radius]),
    );
  });

  it("is a log in the format of Cohen et al., read back with radii that are never larger", async () => {
    await save(at("r.tsv"), record);
    const log = await readCohenLog(at("r.tsv"), { sigma: 0.5, dataset: record.configuration.dataset });
    expect(log.rows.length).toBe(record.rows.length);
    log.rows.forEach((row, i) => {
      const { index, label, predicted, radius, correct, seconds } = record.rows[i];
      expect(row).toMatchObject({ index, label, predicted, correct });
      expect(row.radius).toBeLessThanOrEqual(radius);
      expect(row.radius).toBeGreaterThanOrEqual(radius * (1 - 1e-5));
      expect(row.seconds).toBeCloseTo(seconds, 5);
    });
    await save(at("again.csv"), log);
    expect(readFileSync(at("again.csv"), "utf8")).not.toContain("NaN");
  });

  it("has durations in Python's format", async () => {
    const [row] = record.rows;
    for (const [seconds, text] of [
      [13.808713, "0:00:13.808713"],
      [3600, "1:00:00"],
      [2 * 86400 + 59.9999999, "2 days, 0:01:00"],
    ] as const) {
      await save(at("d.tsv"), { ...record, rows: [{ ...row, seconds }] });
      expect(readFileSync(at("d.tsv"), "utf8").split("\n")[1].split("\t")[5]).toBe(text);
    }
  });
});

describe("a file that cannot be written", () => {
  it("is refused in one line that names the file and the possible formats, and leaves nothing", async () => {
    for (const [name, what, reason] of [
      ["x.eps", () => figure, /x\.eps: the extension for a figure must be \.pdf, \.svg, \.png, got "\.eps"/],
      ["x", () => record, /x: the extension for a record must be \.csv, \.tsv, got ""/],
      ["x.xlsx", () => [{ a: 1 }], /x\.xlsx: the extension for a table must be \.csv, \.md, \.tex/],
      ["x.csv", () => ({ wrong: 1 }), /a table must be a danfojs DataFrame or an array of row objects/],
      ["x.csv", () => [1, 2], /row 0 of the table is not an object/],
    ] as const) {
      await expect(save(at(name), what() as object[])).rejects.toThrow(reason);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("x"))).toEqual([]);
  });

  it("names a size that is out of range", async () => {
    for (const [size, reason] of [
      [{ width: 0 }, /width must be a positive number, got 0/],
      [{ width: 325 }, /width must be at most 40 inches, got 325/],
      [{ height: NaN }, /height must be a positive number, got NaN/],
      [{ fontSize: 1 }, /fontSize must be 4 to 24 points, got 1/],
    ] as const) {
      await expect(save(at("x.pdf"), figure, size)).rejects.toThrow(reason);
    }
  });

  it("keeps the previous file", async () => {
    writeFileSync(at("kept.pdf"), "before");
    const webgl: PlotlyFigure = { data: [{ type: "scattergl", x: [0], y: [0] }] };
    await expect(save(at("kept.pdf"), webgl)).rejects.toThrow(/scattergl needs WebGL/);
    expect(readFileSync(at("kept.pdf"), "utf8")).toBe("before");
  });
});
