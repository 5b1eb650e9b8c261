import { spawnSync } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFile } from "../../src/files/package-file";
import { withTemporaryFolder } from "../../src/files/temporary-folder";

const hasMpmath = spawnSync("python3", ["-c", "import mpmath"]).status === 0;

function verify(every: number, ...records: string[]): { status: number | null; text: string } {
  const script = packageFile("tools", "verify_record.py");
  const { status, stdout, stderr } = spawnSync("python3", [script, "--every", String(every), ...records]);
  return { status, text: `${stdout}${stderr}` };
}

/** What the script says of a record whose first certified row was changed. */
async function afterChange(name: string, change: (row: Record<string, string>) => void): Promise<string> {
  return withTemporaryFolder(async (folder) => {
    const record = join(folder, "record");
    await cp(packageFile("records", name), record, { recursive: true });
    const table = join(record, "rows.csv");
    const [header, ...lines] = (await readFile(table, "utf8")).trim().split("\n");
    const columns = header.split(",");
    const rows = lines.map((line) => Object.fromEntries(line.split(",").map((v, i) => [columns[i], v])));
    const row = rows.find(({ radius }) => Number(radius) > 0);
    if (!row) throw new Error("no certified row");
    change(row);
    await writeFile(table, `${header}\n${columns.map((c) => row[c]).join(",")}\n`);
    const { status, text } = verify(1, record);
    expect(status).toBe(text.endsWith(" 0 wrong\n") ? 0 : 1);
    return text;
  });
}

describe.skipIf(!hasMpmath)("tools/verify_record.py", () => {
  it("recomputes rows of shipped records", () => {
    const records = ["mnist-0.5-base", "mnist-0.25-r0.01", "cifar10-0.5-r0.01"];
    const { status, text } = verify(100, ...records.map((name) => packageFile("records", name)));
    expect(text).toMatch(/^(.*: 5 rows, 0 wrong\n){3}$/);
    expect(status).toBe(0);
  });

  it.each([
    ["a radius that is too large", "the radius is too large", "radius", (v: number) => v * (1 + 1e-9)],
    ["a radius that is too small", "the radius is too small", "radius", (v: number) => v * (1 - 1e-7)],
    ["a p_A that is too large", "p_A is above its bound", "pA", (v: number) => v + 1e-12],
    ["a p_A that is too small", "p_A is below its bound", "pA", (v: number) => v - 1e-8],
    ["a wrong class", "predicted is", "predicted", (v: number) => (v + 1) % 10],
  ])("finds %s", async (_name, expected, column, changed) => {
    const change = (row: Record<string, string>): void => {
      row[column] = String(changed(Number(row[column])));
    };
    expect(await afterChange("cifar10-0.5-r0.01", () => {})).toMatch(/: 1 rows, 0 wrong\n$/);
    expect(await afterChange("cifar10-0.5-r0.01", change)).toContain(expected);
  });
});
