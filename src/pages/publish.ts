import { realpathSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { withCommittedOutputs } from "./committed-outputs";
import { leftOut } from "../notebook/available";
import { differenceOfOutputs } from "../kernel/compare-outputs";
import { writeWhole } from "../files/write-whole";
import { executeNotebook } from "../kernel/execute";
import { indexPage, notebookPage, notebookSummary, notebookTitle, pageName, PLOTLY_FILE } from "./html-page";
import { coverPicture, formatNotebook, readNotebook, type Notebook } from "../kernel/notebook-file";
import { isSameFile } from "../files/same-file";
import { makeFolder } from "../files/make-folder";
import { packageFile } from "../files/package-file";
import { type FrontPage, frontPage } from "./front-page";

/** The options for publishing notebooks. */
export interface PublishOptions {
  /**
   * What to do with the outputs stored in the notebooks: replace them with the outputs of this run ("renew"), or
   * compare them with the outputs of this run ("check"). By default the stored outputs are left alone. If a notebook
   * leaves something out because data is missing on this machine, it is neither updated nor compared.
   */
  outputs?: "renew" | "check";
  /** A signal that ends the run when it is aborted. */
  signal?: AbortSignal;
  /** A function that is called before each code cell of a notebook. */
  onCell?: (file: string, number: number, count: number) => void;
  /** A function that is called when a notebook and its page have been written, even if the notebook failed. */
  onNotebook?: (report: NotebookReport) => void;
}

/** A report on what happened to one notebook. */
export interface NotebookReport {
  file: string;
  /** The number of code cells. */
  cells: number;
  seconds: number;
  /** The size of the executed notebook, in bytes. */
  bytes: number;
  /** The parts that the notebook left out because data is missing. */
  leftOut: string[];
  /** What happened to the stored outputs; absent if they were left alone. */
  outputs?: "renewed" | "agree" | "differ";
}

/**
 * Runs notebooks one after another, each in its own kernel in the notebook's folder. Writes the following into a
 * folder: the executed notebooks, a web page for each notebook (with the stored outputs where data is missing), a
 * page that lists all TypeScript notebooks in the folder, and Plotly for the figures. The page that lists this
 * package's own notebooks begins with a description of the project, its result and a calculator.
 *
 * @param files - the notebooks, with different names
 * @param folder - the folder for the results, which is created if it is missing; must not be the folder of a notebook
 * @throws Error, before anything is run, if a file is missing or is not a TypeScript notebook
 * @throws Error naming notebook, cell and reason if a cell fails. The failed notebook is written as far as it ran,
 * and later notebooks are not run
 * @throws Error if a notebook was edited while it ran; its outputs are not updated
 * @throws Error naming notebook, cell and first difference if outputs are checked and differ; this error is thrown
 * after all notebooks have been run
 */
export async function publishNotebooks(
  files: readonly string[],
  folder: string,
  options: PublishOptions = {},
): Promise<void> {
  await checkTargets(files, folder);
  const notebooks: Notebook[] = [];
  for (const file of files) notebooks.push(await readNotebook(file));
  await makeFolder(folder);
  await writeWhole(join(folder, PLOTLY_FILE), await readFile(require.resolve("plotly.js-dist")));

  const own = packageFile("notebooks");
  const front = files.some((file) => realpathSync(dirname(file)) === own) ? await frontPage() : undefined;
  const differences: string[] = [];
  for (const [i, file] of files.entries()) {
    const began = performance.now();
    const { notebook, failure } = await executeNotebook(notebooks[i], {
      cwd: dirname(resolve(file)),
      signal: options.signal,
      onCell: (number, count) => options.onCell?.(file, number, count),
    });
    const text = formatNotebook(notebook);
    await writeWhole(join(folder, basename(file)), text);
    const page = join(folder, pageName(basename(file)));
    const base = relative(folder, dirname(file)).split(sep).join("/");
    const missing = leftOut(notebook);
    const shown = missing.length > 0 ? withCommittedOutputs(notebook, notebooks[i]) : notebook;
    await writeWhole(page, notebookPage(shown, basename(file, ".ipynb"), base));
    await writeIndex(folder, front);

    const cells = notebook.cells.filter((cell) => cell.cell_type === "code").length;
    let outputs: NotebookReport["outputs"];
    if (!failure && missing.length === 0 && options.outputs === "renew") {
      await renew(file, notebooks[i], text);
      outputs = "renewed";
    } else if (!failure && missing.length === 0 && options.outputs === "check") {
      const found = differenceOfOutputs(notebooks[i], notebook);
      if (found) differences.push(`${file}, code cell ${found.codeCell} of ${cells}: ${found.message}`);
      outputs = found ? "differ" : "agree";
    }
    const seconds = (performance.now() - began) / 1000;
    const bytes = Buffer.byteLength(text);
    options.onNotebook?.({ file, cells, seconds, bytes, leftOut: missing, outputs });
    if (failure) {
      const reason = `${failure.name}: ${failure.message}`.split("\n")[0];
      throw new Error(`${file}, code cell ${failure.codeCell} of ${cells}: ${reason} (see ${page})`);
    }
  }
  if (differences.length > 0) {
    throw new Error(`outputs differ from those of the code: ${differences.join("; ")}`);
  }
}

/** @throws Error if the notebook was edited since it was read: the edit would be lost */
async function renew(file: string, begun: Notebook, text: string): Promise<void> {
  if (formatNotebook(await readNotebook(file)) !== formatNotebook(begun)) {
    throw new Error(`${file} was edited while it ran, so its outputs were not renewed; run it again`);
  }
  await writeWhole(file, text);
}

async function checkTargets(files: readonly string[], folder: string): Promise<void> {
  const targets = new Set<string>();
  for (const file of files) {
    const target = join(resolve(folder), basename(file));
    if (!file.endsWith(".ipynb"))
      throw new Error(`${file} is not a notebook: its name does not end in .ipynb`);
    if (target === resolve(file) || (await isSameFile(target, file)))
      throw new Error(`the results would overwrite ${file}; choose another folder`);
    if (targets.has(target)) throw new Error(`two notebooks have the name ${basename(file)}`);
    targets.add(target);
  }
}

async function writeIndex(folder: string, front: FrontPage | undefined): Promise<void> {
  const entries = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".ipynb")).sort()) {
    const notebook = await readNotebook(join(folder, file)).catch(() => undefined);
    if (!notebook) continue; // not of this package: for example, a notebook in another language
    const failed = notebook.cells.some(
      (cell) => cell.cell_type === "code" && cell.outputs.some((output) => output.output_type === "error"),
    );
    const title = notebookTitle(notebook) ?? basename(file, ".ipynb");
    entries.push({
      file,
      title,
      summary: notebookSummary(notebook),
      picture: coverPicture(notebook),
      failed,
    });
  }
  await writeWhole(join(folder, "index.html"), indexPage(entries, front));
}
