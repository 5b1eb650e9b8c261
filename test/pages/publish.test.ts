import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNotebook } from "../../src/kernel/notebook-file";
import { publishNotebooks, type NotebookReport } from "../../src/pages/publish";
import { notebooksCommand } from "../../src/cli/notebooks";
import { notebookOf } from "../kernel/sample-notebook";

/** The folder of the project's notebooks, from which cells can import the package. */
const NOTEBOOKS = join(__dirname, "../../notebooks");

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "idrs-test-"))));
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, ...sources: string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(notebookOf(...sources)));
  return path;
}

describe("publishing notebooks", () => {
  it("writes each with its page and stops at the first that fails, naming notebook, cell and error", async () => {
    const good = await write("01-good.ipynb", "md:# All is well", `console.log("fine")`);
    const bad = await write("02-bad.ipynb", "md:# Trouble", "1", `throw new Error("no\\nway")`, `"never"`);
    const never = await write("03-never.ipynb", "1");
    const out = join(folder, "out", "pages");
    const reports: NotebookReport[] = [];
    const run = publishNotebooks([good, bad, never], out, { onNotebook: (report) => reports.push(report) });
    await expect(run).rejects.toThrow(
      new Error(`${bad}, code cell 2 of 3: Error: no (see ${join(out, "02-bad.html")})`),
    );

    expect((await readdir(out)).sort()).toEqual([
      "01-good.html",
      "01-good.ipynb",
      "02-bad.html",
      "02-bad.ipynb",
      "index.html",
      "plotly.js",
    ]);
    expect(reports).toMatchObject([{ file: good, cells: 1 }, { file: bad, cells: 3 }]); // prettier-ignore
    expect((await readNotebook(join(out, "01-good.ipynb"))).cells[1]).toMatchObject({
      execution_count: 1,
      outputs: [{ output_type: "stream", name: "stdout", text: ["fine\n"] }],
    });
    const page = await readFile(join(out, "02-bad.html"), "utf8");
    expect(page).toMatch(/<pre class="output error">Error: no\nway/);
    const index = await readFile(join(out, "index.html"), "utf8");
    expect(index).toMatch(/All is well.*Trouble.*stopped by an error/s);
    expect(await readNotebook(good)).toEqual(notebookOf("md:# All is well", `console.log("fine")`));
  });

  it("updates the outputs of a notebook, the same each time, and finds a changed output", async () => {
    const cells = [
      "md:# Numbers",
      `console.log("p_A =", 0.98765, "of", 500)`,
      `import { display } from "tslab"; display.html("<td>0.1235</td>");`,
    ];
    const file = await write("04-numbers.ipynb", ...cells);
    const out = join(folder, "out", "numbers");
    const states: unknown[] = [];
    const publish = (outputs: "renew" | "check") =>
      publishNotebooks([file], out, { outputs, onNotebook: (report) => states.push(report.outputs) });
    await publish("renew");
    const renewed = await readFile(file, "utf8");
    await publish("check");
    expect(await readFile(join(out, "04-numbers.ipynb"), "utf8")).toBe(renewed);
    expect(states).toEqual(["renewed", "agree"]);

    await writeFile(file, renewed.replace("<td>0.1235</td>", "<td>0.1237</td>"));
    await expect(publish("check")).rejects.toThrow(
      `${file}, code cell 2 of 2: output 1.text/html: was "<td>0.1237</td>", now "<td>0.1235</td>"`,
    );
    expect(await readFile(file, "utf8")).toContain("0.1237");
  });

  it("leaves out of its list what else is in the folder", async () => {
    const file = await write("06-alone.ipynb", "1");
    const out = join(folder, "out", "mixed");
    await mkdir(out, { recursive: true });
    const python = { ...notebookOf("1"), metadata: { language_info: { name: "python" } } };
    await writeFile(join(out, "other.ipynb"), JSON.stringify(python));
    await writeFile(join(out, "broken.ipynb"), "{");
    await publishNotebooks([file], out);
    const index = await readFile(join(out, "index.html"), "utf8");
    expect(index).toContain("06-alone");
    expect(index).not.toMatch(/other|broken/);
  });

  it("keeps what was edited while a notebook ran", async () => {
    const file = await write(
      "05-edited.ipynb",
      `require("fs").writeFileSync("05-edited.ipynb", require("fs")
      .readFileSync("05-edited.ipynb", "utf8").replace('"kept"', '"edited"'))`,
      "md:kept",
    );
    const run = publishNotebooks([file], join(folder, "out", "edited"), { outputs: "renew" });
    await expect(run).rejects.toThrow(`${file} was edited while it ran, so its outputs were not renewed`);
    expect((await readNotebook(file)).cells[1].source).toBe("edited");
  });

  it("neither updates nor compares a notebook whose data are missing", async () => {
    const own = join(folder, "with-package");
    await mkdir(own);
    await symlink(join(NOTEBOOKS, "..", "node_modules"), join(own, "node_modules"));
    const file = await write(
      join("with-package", "05-data.ipynb"),
      `import { available, loadMnist } from "idrs";
       process.env.IDRS_DATA = ${JSON.stringify(folder)};
       const test = await available(loadMnist("test"));
       console.log(test ? "all there" : "nothing to show")`,
    );
    const before = await readFile(file, "utf8");
    const reports: NotebookReport[] = [];
    const onNotebook = (report: NotebookReport): number => reports.push(report);
    await publishNotebooks([file], join(folder, "out"), { outputs: "renew", onNotebook });
    expect(reports[0].outputs).toBeUndefined();
    expect(reports[0].leftOut).toEqual([expect.stringMatching(/^t10k-.* is not in .*idrs fetch/)]);
    expect(await readFile(file, "utf8")).toBe(before);
  });

  it("refuses impossible requests before anything is run", async () => {
    const good = await write("good.ipynb", "1");
    await mkdir(join(folder, "other"));
    await symlink(folder, join(folder, "link"));
    const twin = await write(join("other", "good.ipynb"), "1");
    const cases: [string[], string, string][] = [
      [[good, join(folder, "no.ipynb")], "new", "no such notebook"],
      [[join(folder, "notes.txt")], "new", "its name does not end in .ipynb"],
      [[good], ".", `the results would overwrite ${good}`],
      [[good], "link", `the results would overwrite ${good}`],
      [[good, twin], "new", "two notebooks have the name good.ipynb"],
    ];
    for (const [files, out, message] of cases) {
      await expect(publishNotebooks(files, join(folder, out))).rejects.toThrow(message);
    }
    expect(await readdir(folder)).not.toContain("new");
  });
});

it("the command says where it searched if there are no notebooks", async () => {
  const cwd = process.cwd();
  process.chdir(folder);
  try {
    const run = notebooksCommand().parseAsync([], { from: "user" });
    await expect(run).rejects.toThrow(/no notebooks in .*notebooks; name the notebooks to run/);
  } finally {
    process.chdir(cwd);
  }
});
