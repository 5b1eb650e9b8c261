/** A kernel whose clients come and go, as those of JupyterLab do when a page is opened or loaded again. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAsJupyterDoes, type StartedKernel } from "./client";

const LAUNCHER = join(__dirname, "../../notebooks/.jupyter/kernels/tslab/launch.js");

let folder: string;
let kernel: StartedKernel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
  kernel = await startAsJupyterDoes([process.execPath, LAUNCHER, "{connection_file}"], folder);
});
afterAll(async () => {
  kernel.process.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

it("keeps running while clients come and go, and the first one misses no line of its cell", async () => {
  const lines = Array.from({ length: 400 }, (_, i) => `${i}\n`).join("");
  const first = await kernel.ready();
  const code =
    "for (let i = 0; i < 400; i++) { console.log(i); await new Promise((r) => setTimeout(r, 5)); }";
  await first.send("execute_request", { code });
  for (let i = 0; i < 40; i++) {
    const others = Array.from({ length: 3 }, kernel.connect);
    await Promise.all(others.map(({ send }) => send("kernel_info_request")));
    await sleep(50);
    for (const { close } of others) close();
  }
  for (let i = 0; i < 200 && !first.text().includes("399\n") && kernel.process.signalCode === null; i++)
    await sleep(50);
  first.close();
  expect([kernel.process.exitCode, kernel.process.signalCode]).toEqual([null, null]);
  expect(first.text().trimStart()).toBe(lines);
});
