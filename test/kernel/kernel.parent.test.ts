/** A kernel whose parent is gone ends, also in the middle of a cell that never pauses. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { notebookOf } from "./sample-notebook";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "idrs-"))));
afterAll(() => rm(folder, { recursive: true }));

async function until(isSo: () => boolean, seconds: number): Promise<boolean> {
  for (let i = 0; i < 10 * seconds && !isSo(); i++) await sleep(100);
  return isSo();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Begins to run a notebook by the command; gives the number of the kernel's process once its cell is at work. */
async function begin(name: string, work: string): Promise<{ command: ChildProcess; kernel: number }> {
  const pidFile = join(folder, `${name}.pid`);
  const cell = `
    import { writeFileSync, renameSync } from "node:fs";
    writeFileSync("${name}.part", String(process.pid));
    renameSync("${name}.part", "${name}.pid");
    ${work}`;
  await writeFile(join(folder, `${name}.ipynb`), JSON.stringify(notebookOf(cell)));
  const command = spawn(
    process.execPath,
    [join(__dirname, "../../bin/idrs.js"), "notebooks", `${name}.ipynb`, "--out", "out"],
    { cwd: folder, stdio: "ignore" },
  );
  expect(await until(() => existsSync(pidFile), 60)).toBe(true);
  return { command, kernel: Number(await readFile(pidFile, "utf8")) };
}

it.each([
  ["SIGTERM", "for (;;) {}"],
  ["SIGINT", "for (;;) {}"],
  ["SIGKILL", "for (;;) {}"],
  ["SIGKILL", "await new Promise((next) => setTimeout(next, 1e6));"],
] as const)("after %s to idrs notebooks, no kernel is left of a cell that does %s", async (signal, work) => {
  const { command, kernel } = await begin(`${signal}-${work.length}`, work);
  expect(isAlive(kernel)).toBe(true);
  command.kill(signal);
  const isOver = await until(() => !isAlive(kernel), 10);
  if (!isOver) process.kill(kernel, "SIGKILL");
  expect(isOver).toBe(true);
  expect(await until(() => command.exitCode !== null || command.signalCode !== null, 10)).toBe(true);
});
