import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const project = join(__dirname, "../..");

function idrs(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, "bin/idrs.js"), ...args], {
    cwd: project,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { status, out: stdout, err: stderr };
}

it("idrs report writes one page of the records, below 6 MB", () => {
  const page = join(mkdtempSync(join(tmpdir(), "idrs-")), "new", "page.html");
  const { status, out, err } = idrs([
    "report",
    "records/mnist-0.5-mean",
    "records/mnist-0.5-r0.01",
    "--out",
    page,
  ]);
  expect([status, err]).toEqual([0, ""]);
  expect(out).toMatch(/page\.html {2}\d\.\d MB\n$/);
  expect(statSync(page).size).toBeLessThan(6e6);
  expect(readFileSync(page, "utf8")).toContain(
    "<h1>Certification runs: mnist-0.5-mean, mnist-0.5-r0.01</h1>",
  );
});

it.each([
  [["report", "no-such-record"], /^idrs: no-such-record: no record \(no configuration\.json\)\n$/],
  [
    ["report", "records/mnist-0.5-mean", "records/mnist-0.5-mean"],
    /^idrs: record .*mnist-0.5-mean is named twice\n$/,
  ],
  [["report"], /missing required argument 'records'/],
])("idrs %j says what is wrong in one line", (args, message) => {
  const { status, err } = idrs(args);
  expect(status).not.toBe(0);
  expect(err).toMatch(message);
  expect(existsSync(join(project, "report.html"))).toBe(false);
});

it("idrs lab says in one line how to get Jupyter if it is missing", () => {
  const programs = mkdtempSync(join(tmpdir(), "idrs-"));
  symlinkSync(process.execPath, join(programs, "node"));
  const { status, out, err } = idrs(["lab"], { PATH: programs });
  expect(status).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(
    /^idrs: Jupyter is not installed\. Install it with "pip install jupyterlab plotly".*\n$/,
  );
});
