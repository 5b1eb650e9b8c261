import { spawnSync } from "node:child_process";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packageFile } from "../../src/files/package-file";
import { withTemporaryFolder } from "../../src/files/temporary-folder";

// The last row is made anew; before it, σ(x) and the base classifier have been compared with those of the record.
it.each([
  "cifar10-dual",
  "cifar10-0.25-base",
  "cifar10-0.5-r0.01",
  "cifar10-0.12-r0.01-w64",
  "mnist-0.25-r0.01",
])("the command that %s names resumes it, and makes its rows", async (name) => {
  await withTemporaryFolder(async (folder) => {
    const record = join(folder, "record");
    await cp(packageFile("records", name), record, { recursive: true });
    const [whole, text] = await Promise.all(
      ["rows.csv", "configuration.json"].map((file) => readFile(join(record, file), "utf8")),
    );
    const { command } = JSON.parse(text) as { command: string };
    const lines = whole.trimEnd().split("\n");
    await writeFile(join(record, "rows.csv"), `${lines.slice(0, -1).join("\n")}\n`);
    const words = command
      .replace(/ --workers \d+/, "")
      .split(" ")
      .slice(1);
    words[words.indexOf("--out") + 1] = record;
    const { status, stderr } = spawnSync(process.execPath, [packageFile("bin", "idrs.js"), ...words], {
      cwd: packageFile(),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const again = (await readFile(join(record, "rows.csv"), "utf8")).trimEnd().split("\n");
    const seconds = lines[0].split(",").indexOf("seconds");
    const withoutSeconds = (line: string): string[] => line.split(",").filter((_, i) => i !== seconds);
    expect(again.map(withoutSeconds)).toEqual(lines.map(withoutSeconds));
    expect(await readFile(join(record, "configuration.json"), "utf8")).toBe(text);
    expect((await readdir(record)).sort()).toEqual(["configuration.json", "rows.csv"]);
  });
});
