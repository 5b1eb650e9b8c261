import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { formatNotebook, readNotebook } from "../../src/kernel/notebook-file";
import { notebookOf } from "../kernel/sample-notebook";
import { openBrowser } from "./browser";

const PROJECT = join(__dirname, "../..");
/** Inside the project, so that cells can import the package. */
const FOLDER = join("out", "browser");
const TOKEN = "of-this-test";

let port: number;
let server: ChildProcess;
let printed = "";
let browser: Browser;

beforeAll(async () => {
  await mkdir(join(PROJECT, FOLDER), { recursive: true });
  const notebook = await readNotebook(join(PROJECT, "notebooks/03-certified-radius.ipynb"));
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  }
  await writeFile(join(PROJECT, FOLDER, "radius.ipynb"), formatNotebook(notebook));
  const long = notebookOf(
    `const count = { ticks: 0 };`,
    `for (;;) { await new Promise((next) => setTimeout(next, 50)); count.ticks++; }`,
    `console.log("alive after ticks:", count.ticks > 0);`,
  );
  await writeFile(join(PROJECT, FOLDER, "long.ipynb"), formatNotebook(long));

  port = await freePort();
  const args = [
    "--classic",
    "--notebook",
    join(FOLDER, "radius.ipynb"),
    "--",
    "--no-browser",
    "--allow-root",
  ];
  server = spawn(process.execPath, ["bin/idrs.js", "lab", ...args, `--port=${port}`], {
    cwd: PROJECT,
    env: { ...process.env, JUPYTER_TOKEN: TOKEN },
  });
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on("data", (data: Buffer) => (printed += data.toString()));
  }
  await serverAnswers();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  const ended = new Promise((resolve) => server?.once("close", resolve));
  server?.kill("SIGTERM");
  await ended;
  await rm(join(PROJECT, FOLDER), { recursive: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function serverAnswers(): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (server.exitCode !== null) break;
    const isUp = await fetch(`http://127.0.0.1:${port}/api?token=${TOKEN}`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await sleep(500);
  }
  throw new Error(`Jupyter does not answer:\n${printed}`);
}

/** A notebook in the browser, its kernel running. */
async function openNotebook(name: string): Promise<{ page: Page; foreign: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!/^(http|ws):\/\/127\.0\.0\.1:|^(data|blob|about):/.test(request.url())) foreign.push(request.url());
  });
  await page.goto(`http://127.0.0.1:${port}/notebooks/${FOLDER}/${name}?token=${TOKEN}`);
  await page.waitForSelector("#kernel_indicator_icon.kernel_idle_icon", { timeout: 60_000 });
  return { page, foreign };
}

it("a notebook runs in the tslab kernel of a Jupyter server, and its figures are drawn", async () => {
  const { page, foreign } = await openNotebook("radius.ipynb");
  expect(await page.textContent("#kernel_indicator .kernel_indicator_name")).toBe("TypeScript (idrs)");
  await page.click("#celllink");
  await page.click("#run_all_cells");
  const notebook = await readNotebook(join(PROJECT, "notebooks/03-certified-radius.ipynb"));
  const figures = notebook.cells.filter((cell) =>
    [cell.source].flat().join("").includes("await show("),
  ).length;
  expect(figures).toBeGreaterThan(5);
  // The prompt of a cell that waits or runs is a star.
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll(".js-plotly-plot .main-svg").length >= count &&
      ![...document.querySelectorAll(".code_cell .input_prompt")].some((p) => p.textContent?.includes("*")),
    figures,
    { timeout: 240_000 },
  );
  const traces = await page.$$eval(".js-plotly-plot", (plots) =>
    plots.map((plot) => plot.querySelectorAll(".scatterlayer .trace path").length),
  );
  expect(traces).toHaveLength(figures);
  for (const count of traces) expect(count).toBeGreaterThan(0);
  expect(await page.$$(".output_error, .output_stderr")).toEqual([]);
  expect(await page.$$eval(".output table", (tables) => tables.length)).toBeGreaterThan(3);
  expect(foreign).toEqual([]);
  await page.close();
});

it("a long cell can be interrupted, and the kernel keeps running with its variables", async () => {
  const { page } = await openNotebook("long.ipynb");
  await page.click("#celllink");
  await page.click("#run_all_cells");
  await page.waitForSelector("#kernel_indicator_icon.kernel_busy_icon");
  await sleep(3000);
  await page.click("#kernellink");
  await page.click("#int_kernel");
  await page.waitForSelector("#kernel_indicator_icon.kernel_idle_icon", { timeout: 20_000 });
  expect(await page.textContent(".code_cell:nth-of-type(2) .output")).toMatch(/interrupted/i);
  await sleep(500); // For 200 ms after an error tslab refuses cells.
  await page.evaluate("Jupyter.notebook.execute_cells([2])");
  await page.waitForFunction(() => document.body.textContent?.includes("alive after ticks: true"));
  await page.close();
});
