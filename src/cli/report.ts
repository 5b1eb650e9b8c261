import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { makeFolder } from "../files/make-folder";
import { requireWritable } from "../files/require-writable";
import { writeWhole } from "../files/write-whole";
import { addRecordOptions, readNamedRecords, type RecordArguments } from "./record-options";

export function reportCommand(): Command {
  const reports = new Command("report").description(
    "write one web page that shows a certification run or compares several",
  );
  return addRecordOptions(reports, "; the first is the reference")
    .option("--out <file>", "file to write", "report.html")
    .option("--title <text>", "title of the page (default: the names of the records)")
    .option("--csv <file>", "also write the table of the page to this file")
    .option(
      "--export <folder>",
      "also write each figure (PDF, SVG) and each table (CSV, Markdown, LaTeX) to this folder",
    )
    .addHelpText("after", "\nThe page is a single file that works offline and prints well.")
    .action(makeReport);
}

interface Options extends RecordArguments {
  readonly out: string;
  readonly title?: string;
  readonly csv?: string;
  readonly export?: string;
}

async function makeReport(folders: string[], options: Options): Promise<void> {
  const { out, title, csv, export: folder } = options;
  const { makeReport: reportOf, reportCsv } = await import("../pages/report-page.js");
  if (csv !== undefined && resolve(csv) === resolve(out))
    throw new Error(`--out and --csv must be different files, got ${out} for both`);
  const files = csv === undefined ? [out] : [out, csv];
  for (const file of files) {
    await makeFolder(dirname(resolve(file)));
    await requireWritable(file);
  }
  if (folder !== undefined) await makeFolder(folder);
  const entries = await readNamedRecords(folders, options, files);
  const datasets = new Set(entries.map(([, { configuration }]) => configuration.dataset.name));
  if (datasets.size > 1) console.error(`the runs are on different data sets: ${[...datasets].join(", ")}`);
  const { page, figures, tables } = await reportOf(entries, { title });
  await writeWhole(out, page);
  if (csv !== undefined) await writeWhole(csv, reportCsv(entries));
  if (folder !== undefined) {
    const { save } = await import("../export/save.js");
    for (const [name, figure] of figures) {
      for (const format of ["pdf", "svg"]) await save(join(folder, `${name}.${format}`), figure);
    }
    for (const [name, { rows, digits }] of tables) {
      for (const format of ["csv", "md", "tex"]) await save(join(folder, `${name}.${format}`), rows, digits);
    }
  }
  console.log(`${out}  ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB`);
}
