import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRecord } from "../../src/experiments/record";
import { notebookPage, PLOTLY_FILE } from "../../src/pages/html-page";
import { readNotebook } from "../../src/kernel/notebook-file";
import { reportPage } from "../../src/pages/report-page";
import { openBrowser } from "./browser";

const PROJECT = join(__dirname, "../..");

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-browser-"));
  await copyFile(require.resolve("plotly.js-dist"), join(folder, PLOTLY_FILE));
  const notebook = await readNotebook(join(PROJECT, "notebooks/03-certified-radius.ipynb"));
  await writeFile(join(folder, "notebook.html"), notebookPage(notebook, "radius"));
  const record = (name: string) => readRecord(join(PROJECT, "records", name));
  const records = [
    ["constant", await record("mnist-0.5-mean")],
    ["σ(x)", await record("mnist-0.5-r0.01")],
  ] as const;
  await writeFile(join(folder, "report.html"), await reportPage(records));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** A page without a network, its figures drawn, and what it asked for beside itself. */
async function open(
  name: string,
  colorScheme: "light" | "dark" = "light",
  width: number = 1100,
): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext({
    offline: true,
    colorScheme,
    viewport: { width, height: 900 },
  });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => asked.push(String(error)));
  await page.goto(pathToFileURL(join(folder, name)).href);
  await page.waitForFunction(() => {
    const boxes = [...document.querySelectorAll(".figure")];
    return (
      boxes.length > 0 && boxes.every((box) => box.querySelector(".js-plotly-plot[aria-label] .main-svg"))
    );
  });
  return { page, asked };
}

/** What a figure shows: its title, and the curves that are seen. */
function shown(page: Page): Promise<{ title: string; paths: string }> {
  return page.evaluate(() => {
    const plot = [...document.querySelectorAll(".figure .js-plotly-plot")].find((p) =>
      p.querySelector(".slider-container"),
    );
    return {
      title: plot?.querySelector(".gtitle")?.textContent ?? "",
      paths: [...(plot?.querySelectorAll(".scatterlayer .js-line") ?? [])]
        .map((p) => p.getAttribute("d"))
        .join(),
    };
  });
}

describe("the page of a notebook, without a network", () => {
  it("draws its figures, and moving a slider changes curves and title", async () => {
    const { page, asked } = await open("notebook.html");
    expect(asked.filter((url) => !url.startsWith("file://") && !/^(data|blob):/.test(url))).toEqual([]);
    const before = await shown(page);
    expect(before.title).toContain("r = 0.05");

    const slider = page.locator(".slider-container").first();
    await slider.scrollIntoViewIfNeeded();
    const rail = (await slider.locator(".slider-rail-touch-rect").boundingBox())!;
    const grip = (await slider.locator(".slider-grip-rect").boundingBox())!;
    await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
    await page.mouse.down();
    await page.mouse.move(rail.x + rail.width - 2, grip.y + grip.height / 2, { steps: 10 });
    await page.mouse.up();
    await page.waitForFunction(
      (title) => [...document.querySelectorAll(".gtitle")].every((element) => element.textContent !== title),
      before.title,
    );
    const after = await shown(page);
    expect(after.title).toContain("r = 0.2");
    expect(after.paths).not.toBe(before.paths);
    await page.context().close();
  });

  it("keeps titles whole, above the legends, on a narrow screen", async () => {
    const { page } = await open("notebook.html", "light", 420);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(420);
    const places = () =>
      page.$$eval(".js-plotly-plot", (plots) =>
        plots.map((plot) => {
          const { top } = plot.getBoundingClientRect();
          const title = plot.querySelector(".gtitle")!.getBoundingClientRect();
          const legend = plot.querySelector(".legend")?.getBoundingClientRect();
          return { top: title.top - top, gap: legend ? legend.top - title.bottom : 0, height: title.height };
        }),
      );
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".js-plotly-plot")].every((plot) => plot.querySelector(".gtitle")),
    );
    // A title is moved to its place after its figure is drawn.
    await expect
      .poll(async () => Math.min(...(await places()).map(({ top }) => top)), { timeout: 20_000 })
      .toBeGreaterThan(3);
    expect(Math.min(...(await places()).map(({ gap }) => gap))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...(await places()).map(({ height }) => height))).toBeGreaterThan(30); // of two lines
    await page.context().close();
  });

  it("draws no line in a color with too little contrast on white", async () => {
    const { page } = await open("notebook.html");
    const strokes = await page.$$eval(".js-plotly-plot .js-line", (lines) =>
      lines.map((line) => getComputedStyle(line).stroke),
    );
    const colors = strokes.filter((stroke) => stroke.startsWith("rgb("));
    expect(colors).toContain("rgb(58, 154, 214)");
    for (const color of colors) {
      const [r, g, b] = Array.from(color.matchAll(/\d+/g), ([part]) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      expect(1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05), color).toBeGreaterThan(3);
    }
    await page.context().close();
  });

  it("shows figures on the background of the reader's theme, and pictures in print", async () => {
    const { page } = await open("notebook.html", "dark");
    const grounds = () =>
      page.$$eval(".figure .js-plotly-plot .main-svg:first-child", (all) => [
        ...new Set(all.map((svg) => (svg as SVGElement).style.background)),
      ]);
    expect(await grounds()).toEqual(["rgb(20, 24, 29)"]);
    await page.emulateMedia({ media: "print", colorScheme: "light" });
    expect(await page.locator(".figure img").first().isVisible()).toBe(true);
    expect(await page.locator(".figure .plot").first().isVisible()).toBe(false);
    await page.context().close();
  });
});

it("a report draws its figures from one file, without a network", async () => {
  const { page, asked } = await open("report.html");
  expect(asked.filter((url) => !/^(data|blob):/.test(url))).toEqual([
    pathToFileURL(join(folder, "report.html")).href,
  ]);
  expect(await page.locator(".figure .js-plotly-plot").count()).toBe(4);
  const pdf = await page.pdf({ format: "A4" });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  await page.context().close();
});
