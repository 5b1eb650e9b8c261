import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFile } from "../src/files/package-file";
import { withTemporaryFolder } from "../src/files/temporary-folder";

/** The files that CONTRIBUTING.md has readers write, by their paths, which stand in the first line of each. */
async function recipes(): Promise<Map<string, string>> {
  const text = await readFile(packageFile("CONTRIBUTING.md"), "utf8");
  return new Map(
    [...text.matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, path, code]) => [path, code] as const),
  );
}

describe("the recipes of CONTRIBUTING.md", () => {
  it("compile, and their tests pass", async () => {
    const files = await recipes();
    const tests = [...files.keys()].filter((path) => path.startsWith("test/"));
    expect(tests.length).toBeGreaterThan(1);
    await withTemporaryFolder(async (folder) => {
      for (const name of ["src", "package.json", "tsconfig.json"])
        await cp(packageFile(name), join(folder, name), { recursive: true });
      for (const name of ["node_modules", "data", "docs", "dist"])
        await symlink(packageFile(name), join(folder, name));
      for (const [path, code] of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), code);
      }
      const run = (...args: string[]): string => {
        const { status, stdout, stderr } = spawnSync(process.execPath, args, {
          cwd: folder,
          encoding: "utf8",
        });
        return status === 0 ? "" : `${stdout}${stderr}`;
      };
      const config = { extends: "./tsconfig.json", include: ["src/**/*.d.ts"], files: [...files.keys()] };
      await writeFile(join(folder, "tsconfig.recipes.json"), JSON.stringify(config));
      expect(run("node_modules/typescript/bin/tsc", "-p", "tsconfig.recipes.json")).toBe("");
      expect(run("node_modules/vitest/vitest.mjs", "run", "--root", folder, ...tests)).toBe("");
    });
  });
});
