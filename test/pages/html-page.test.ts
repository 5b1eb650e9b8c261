import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { indexPage, notebookPage, notebookSummary, notebookTitle } from "../../src/pages/html-page";
import type { CellOutput } from "../../src/kernel/notebook-file";
import { notebookOf } from "../kernel/sample-notebook";

const HOSTILE = `</pre></script><script>window.broken = true</script><img src=x onerror="window.broken = true">&amp;"'`;

/** The page of one code cell with outputs, opened with its scripts running. */
function openPage(source: string, outputs: CellOutput[]): JSDOM["window"] {
  const notebook = notebookOf(source);
  Object.assign(notebook.cells[0], { outputs, execution_count: 7 });
  return new JSDOM(notebookPage(notebook, "name"), { runScripts: "dangerously" }).window;
}

const display = (data: Record<string, unknown>): CellOutput => ({
  output_type: "display_data",
  data,
  metadata: {},
});

describe("the page of a notebook", () => {
  it("shows hostile code, output, errors and figures as text", () => {
    const figure = { data: [{ type: "bar", name: HOSTILE }], layout: { title: { text: "<!--<script>" } } };
    const window = openPage(`const a = ${HOSTILE}`, [
      { output_type: "stream", name: "stdout", text: [HOSTILE, "\n\u001b[31mred\u001b[39m"] },
      { output_type: "error", ename: "Error", evalue: HOSTILE, traceback: [] },
      display({ "text/plain": HOSTILE }),
      display({ "image/png": 'AAAA" onerror="window.broken = true', "text/plain": HOSTILE }),
      display({ "application/vnd.plotly.v1+json": figure, "text/plain": HOSTILE }),
      display({ [HOSTILE]: 1 }),
    ]);
    const { document } = window;
    expect("broken" in window).toBe(false);
    expect(document.querySelectorAll("[onerror]")).toHaveLength(0);
    expect(document.querySelector(".source code")?.textContent).toBe(`const a = ${HOSTILE}`);
    const texts = [...document.querySelectorAll("pre.output")].map((element) => element.textContent);
    expect(texts).toEqual([`${HOSTILE}\nred`, `Error: ${HOSTILE}`, HOSTILE, `[output of type ${HOSTILE}]`]);
    expect(JSON.parse(document.querySelector(".figure script")?.textContent ?? "")).toEqual(figure);
  });

  it("escapes titles and file names", () => {
    const page = new JSDOM(notebookPage(notebookOf("md:# a < b & `c`"), "name")).window.document;
    expect(page.title).toBe("a < b & c");
    const entry = { title: HOSTILE, file: 'a "b"&#.ipynb', failed: true };
    const index = new JSDOM(indexPage([entry]), { runScripts: "dangerously" }).window;
    expect(index.document.querySelector("li a")?.textContent).toBe(HOSTILE);
    expect(index.document.querySelector("li a")?.getAttribute("href")).toBe("a%20%22b%22%26%23.html");
    expect(index.document.querySelector(".failed")?.textContent).toBe("stopped by an error");
    expect("broken" in index).toBe(false);
  });

  it("takes its title from the first heading, with formulas as text, or else from the given name", () => {
    expect(
      notebookTitle(notebookOf("1", "md:no heading", "md:text\n\n## Radius of $\\sigma(x)$\n\n# Later")),
    ).toBe("Radius of σ(x)");
    expect(notebookTitle(notebookOf("1"))).toBeUndefined();
    expect(notebookPage(notebookOf("1"), "the name")).toContain("<title>the name</title>");
  });

  it("writes formulas with their fonts and as MathML, and leaves a wrong formula unchanged", () => {
    const fontsOf = (page: string): string[] => [
      ...new Set(
        [...page.matchAll(/font-family:"?(KaTeX_\w+)[^}]*src:url\(data:font\/woff2/g)].map(([, f]) => f),
      ),
    ];
    const page = notebookPage(
      notebookOf("md:$\\sqrt{\\frac{1}{N}}$ and\n\n$$\\Biggl(\\mathcal{N}\\Biggr)$$\n\n$\\frac{$ and 5 $"),
      "name",
    );
    const { document } = new JSDOM(page).window;
    expect(document.querySelectorAll("math")).toHaveLength(2);
    expect(document.querySelector('math[display="block"]')).not.toBeNull();
    // A root is drawn as high as what is below it, a bracket with a font of large ones.
    expect(document.querySelectorAll(".katex-html .sqrt svg")).toHaveLength(1);
    expect(document.querySelectorAll(".katex-html .delimsizing.size4")).toHaveLength(2);
    expect(fontsOf(page)).toEqual(
      expect.arrayContaining(["KaTeX_Caligraphic", "KaTeX_Main", "KaTeX_Math", "KaTeX_Size4"]),
    );
    expect(fontsOf(page)).not.toContain("KaTeX_Fraktur");
    expect(page).not.toMatch(/url\((?!data:)/);
    expect(document.body.textContent).toContain("\\frac{");
    expect(fontsOf(notebookPage(notebookOf("md:no formula"), "name"))).toEqual([]);
  });

  it("links to the pages of other notebooks, and to existing files", () => {
    const links =
      "[a](02-next.ipynb#x) [b](https://example.org/a.ipynb) [c](data.csv) [d](../src/a.ts) [e](#x) [f](/g)";
    const notebook = notebookOf(`md:${links} ![g](g.png) ![h](data:image/png;base64,AA)`);
    const { document } = new JSDOM(notebookPage(notebook, "name", "../../notebooks")).window;
    expect([...document.querySelectorAll("section a")].map((a) => a.getAttribute("href"))).toEqual([
      "02-next.html#x",
      "https://example.org/a.ipynb",
      "../../notebooks/data.csv",
      "../../src/a.ts",
      "#x",
      "/g",
    ]);
    const images = [...document.querySelectorAll("img")].map((image) => image.getAttribute("src"));
    expect(images).toEqual(["../../notebooks/g.png", "data:image/png;base64,AA"]);
  });

  it("converts links in HTML, too, and shows attached pictures", () => {
    const notebook = notebookOf(
      `md:<a class="x" href='data.csv'>a</a> <img alt="b" src="b.png"> ![c](attachment:c%20d.png) ![e](attachment:e.png)`,
    );
    Object.assign(notebook.cells[0], { attachments: { "c d.png": { "image/png": "iVBORw==" } } });
    const { document } = new JSDOM(notebookPage(notebook, "name", "../n")).window;
    expect(document.querySelector("section a")?.getAttribute("href")).toBe("../n/data.csv");
    const images = [...document.querySelectorAll("img")].map((image) => image.getAttribute("src"));
    expect(images.slice(0, 2)).toEqual(["../n/b.png", "data:image/png;base64,iVBORw=="]);
  });

  it("is listed with its first paragraph, in which only links to the web are left", () => {
    const notebook = notebookOf(
      "md:# Title\n\nSee [the next](02.ipynb) and [the paper](https://example.org/a).",
    );
    expect(notebookSummary(notebook)).toBe(
      'See <a>the next</a> and <a href="https://example.org/a">the paper</a>.',
    );
  });

  it("draws figures with the script in its folder, and keeps the picture if that is missing", () => {
    const bundle = { "application/vnd.plotly.v1+json": { data: [] }, "image/png": "iVBORw0KGgo=" };
    const { document } = openPage("1", [display(bundle)]);
    expect(document.querySelector("script[src]")?.getAttribute("src")).toBe("plotly.js");
    expect(document.querySelector(".figure img")?.getAttribute("src")).toBe(
      "data:image/png;base64,iVBORw0KGgo=",
    );
  });

  it("needs nothing from the network", () => {
    const figure = { "application/vnd.plotly.v1+json": { data: [] } };
    const notebook = notebookOf("md:# Title $x$", "1");
    Object.assign(notebook.cells[1], { outputs: [display(figure)] });
    const { document } = new JSDOM(notebookPage(notebook, "name")).window;
    for (const element of document.querySelectorAll("[src], link[href]")) {
      expect(element.getAttribute("src") ?? element.getAttribute("href")).toMatch(/^(data:|plotly\.js$)/);
    }
    expect([...document.querySelectorAll("style")].map((style) => style.textContent).join("")).not.toMatch(
      /@import|url\((?!data:)/,
    );
  });
});
