import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startAsJupyterDoes } from "../kernel/client";

const project = join(__dirname, "../..");

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "idrs-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function kernel(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { status: number | null; out: string; err: string } {
  const result = spawnSync(process.execPath, [join(project, "bin/idrs.js"), "kernel", ...args], {
    cwd: folder,
    env: { ...process.env, JUPYTER_DATA_DIR: "", ...env },
    encoding: "utf8",
  });
  return { status: result.status, out: result.stdout, err: result.stderr };
}

interface Entry {
  argv: string[];
  display_name: string;
  language: string;
}

function entryIn(place: string): Entry {
  return JSON.parse(readFileSync(join(place, "kernels/tslab/kernel.json"), "utf8")) as Entry;
}

it("an installed kernel runs in another folder, where cells import the package", async () => {
  const { status, out } = kernel(["install", "--prefix", "env"]);
  expect([status, out]).toEqual([
    0,
    `TypeScript (idrs) is installed as tslab in ${join(folder, "env/share/jupyter/kernels/tslab")}\n`,
  ]);
  const { argv, display_name, language } = entryIn(join(folder, "env/share/jupyter"));
  expect([display_name, language]).toEqual(["TypeScript (idrs)", "typescript"]);
  expect(argv.slice(0, 2).every(isAbsolute)).toBe(true);
  const started = await startAsJupyterDoes(argv, folder);
  try {
    const client = await started.ready();
    const code = `
      import { certifiedRadius } from "idrs";
      console.log(certifiedRadius({ dimension: 784, sigma: 0.5, rate: 0, pA: 0.9 }).radius.toFixed(3));
      const wrong: string = certifiedRadius;`;
    await client.send("execute_request", { code: code.replace(/const wrong.*/, "") });
    await client.send("execute_request", { code });
    for (let i = 0; i < 300 && !client.text().includes("not assignable"); i++) await sleep(100);
    expect(client.text().trim()).toMatch(/^0\.641\n.*Type '.*' is not assignable to type 'string'/);
    client.close();
  } finally {
    started.process.kill("SIGKILL");
  }
});

it.runIf(process.platform === "linux")("the user's folder is where Jupyter has it", () => {
  const places: [NodeJS.ProcessEnv, string][] = [
    [{ HOME: join(folder, "home"), XDG_DATA_HOME: "" }, "home/.local/share/jupyter"],
    [{ XDG_DATA_HOME: join(folder, "xdg") }, "xdg/jupyter"],
    [{ XDG_DATA_HOME: join(folder, "xdg"), JUPYTER_DATA_DIR: join(folder, "data") }, "data"],
  ];
  for (const [env, place] of places) {
    expect(kernel(["install"], env)).toMatchObject({ status: 0, err: "" });
    expect(entryIn(join(folder, place)).display_name).toBe("TypeScript (idrs)");
    expect(kernel(["uninstall", "--user"], env)).toMatchObject({ status: 0, err: "" });
    expect(existsSync(join(folder, place, "kernels/tslab"))).toBe(false);
  }
});

it("another package's kernel tslab is named when it is replaced, and never removed", () => {
  const own = join(folder, "share/jupyter/kernels/tslab");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "kernel.json"), JSON.stringify({ argv: ["tslab"], display_name: "TypeScript" }));
  expect(kernel(["uninstall", "--prefix", "."])).toMatchObject({
    status: 1,
    err: `idrs: the kernel tslab in ${own} belongs to TypeScript, not to this package\n`,
  });
  expect(kernel(["install", "--prefix", "."]).out).toMatch(/, in place of TypeScript\n$/);
  expect(kernel(["install", "--prefix", "."]).out).toMatch(/\/tslab\n$/);
  expect(kernel(["uninstall", "--prefix", "."]).status).toBe(0);
});

it.each([
  [["uninstall", "--prefix", "nowhere"], /^idrs: there is no kernel tslab in .*nowhere/],
  [["install", "--user", "--prefix", "x"], /^idrs: option '--user' cannot be used with option '--prefix/],
  [["install", "--sys-prefix", "--user"], /^idrs: option/],
  [["install", "more"], /^idrs: too many arguments/],
  [["remove"], /^idrs: unknown command 'remove'/],
])("kernel %j is refused in one line", (args, message) => {
  const { status, err } = kernel(args);
  expect(status).not.toBe(0);
  expect(err).toMatch(message);
  expect(err.trim().split("\n")).toHaveLength(1);
});

it("--sys-prefix asks the Python of the jupyter on PATH", () => {
  mkdirSync(join(folder, "bin"));
  const python = join(folder, "bin/python3");
  writeFileSync(python, `#!/bin/sh\necho ${join(folder, "environment")}\n`, { mode: 0o755 });
  writeFileSync(join(folder, "bin/jupyter"), `#!${python}\n`, { mode: 0o755 });
  const { status } = kernel(["install", "--sys-prefix"], { PATH: `${join(folder, "bin")}:/nowhere` });
  expect(status).toBe(0);
  expect(entryIn(join(folder, "environment/share/jupyter")).language).toBe("typescript");
});
