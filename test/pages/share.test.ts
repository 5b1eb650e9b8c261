import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JSDOM } from "jsdom";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CodeCell } from "../../src/kernel/notebook-file";
import { notebookOf } from "../kernel/sample-notebook";

const project = join(__dirname, "../..");
const FIGURE = { data: [{ type: "bar", y: [1] }], layout: { title: { text: "one" } } };

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "idrs-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function share(...args: string[]): { status: number | null; out: string; err: string } {
  const result = spawnSync(process.execPath, [join(project, "bin/idrs.js"), "share", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status: result.status, out: result.stdout, err: result.stderr };
}

it("a shared notebook is one file that needs no other file and links to none", () => {
  mkdirSync(join(folder, "deep"));
  for (const name of ["a picture.png", "50%.png", "a#b.png"])
    writeFileSync(join(folder, "deep", name), Buffer.from("iVBORw0KGgo=", "base64"));
  const notebook = notebookOf(
    "md:# Mine $\\sqrt{x}$\n\n[source](../src/a.ts) [next](02.ipynb) [paper](https://example.org) [up](#mine) ![p](a%20picture.png)",
    'md:<a href=\'other.html\'>other</a> <img src="./a picture.png"> <img src="50%.png"> ![b](a%23b.png)',
    "show()",
  );
  (notebook.cells[2] as CodeCell).outputs = [
    {
      output_type: "display_data",
      data: {
        "application/vnd.plotly.v1+json": FIGURE,
        "image/png": "iVBORw0KGgo=",
        "text/plain": "[Plotly figure: one]",
      },
      metadata: {},
    },
  ];
  writeFileSync(join(folder, "deep", "mine.ipynb"), JSON.stringify(notebook));
  expect(share("deep/mine.ipynb")).toMatchObject({
    status: 0,
    err: "",
    out: expect.stringMatching(/^mine\.html {2}\d/),
  });
  const page = readFileSync(join(folder, "mine.html"), "utf8");
  const { document } = new JSDOM(page).window;
  const targets = [...document.querySelectorAll("[href]")].map((element) => element.getAttribute("href"));
  expect(targets).toEqual(["https://example.org", "#mine"]);
  expect(document.body.textContent).toMatch(/source next paper up/);
  const sources = [...document.querySelectorAll("[src]")].map((element) => element.getAttribute("src"));
  expect(sources).toHaveLength(5);
  for (const source of sources) expect(source).toBe("data:image/png;base64,iVBORw0KGgo=");
  expect(page).not.toMatch(/url\((?!data:)/);
  expect(document.querySelector("#plotly")!.textContent!.length).toBeGreaterThan(1e6);
  expect(JSON.parse(document.querySelector(".figure script")!.textContent!)).toEqual(FIGURE);
  expect(document.querySelector(".figure img")!.getAttribute("alt")).toBe("[Plotly figure: one]");
});

it("a notebook that was not run is shared with a note", () => {
  writeFileSync(join(folder, "unrun.ipynb"), JSON.stringify(notebookOf("1 + 1")));
  const { status, out } = share("unrun.ipynb", "--out", "new/folder/page.html");
  expect(status).toBe(0);
  expect(out).toMatch(/the notebook has no outputs: run it first/);
  expect(readFileSync(join(folder, "new/folder/page.html"), "utf8")).not.toContain('id="plotly"');
});

it.each([
  [["none.ipynb"], /^idrs: no such notebook: none.ipynb\n$/],
  [["unrun.ipynb", "--out", "unrun.ipynb"], /^idrs: the page would overwrite unrun.ipynb\n$/],
  [["unrun.ipynb", "--out", "deep"], /^idrs: deep: cannot be written: it is not a file\n$/],
  [["lacking.ipynb"], /^idrs: lacking.ipynb shows gone.png, which is not there\n$/],
])("sharing %j fails in one line and leaves nothing behind", (args, message) => {
  writeFileSync(join(folder, "unrun.ipynb"), JSON.stringify(notebookOf("1 + 1")));
  writeFileSync(join(folder, "lacking.ipynb"), JSON.stringify(notebookOf("md:![x](gone.png)")));
  const before = readFileSync(join(folder, "unrun.ipynb"), "utf8");
  const { status, err } = share(...args);
  expect([status, err]).toEqual([1, expect.stringMatching(message)]);
  expect(readFileSync(join(folder, "unrun.ipynb"), "utf8")).toBe(before);
});
