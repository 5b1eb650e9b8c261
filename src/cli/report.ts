import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { makeFolder } from "../files/make-folder";
import { requireWritable } from "../files/require-writable";
import { writeWhole } from "../files/write-whole";
import { addRecordOptions, readNamedRecords, type RecordArguments } from "./record-options";

export function reportCommand(): Command {
  const reports = new Command("report").description(
    "make one web page of a certification run, or of several compared",
  );
  return addRecordOptions(reports, "; the others are compared with the first")
    .option("--out <file>", "the page", "report.html")
    .option("--title <text>", "its title (default: the names of the records)")
    .option("--csv <file>", "write the table of the page to this file, too")
    .option(
      "--export <folder>",
      "write each figure as PDF and SVG and each table as CSV, Markdown and LaTeX into this folder, too",
    )
    .addHelpText("after", "\nThe page is one file, to be read offline, passed on or printed.")
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
    throw new Error(`${out} is named by --out and by --csv`);
  const files = csv === undefined ? [out] : [out, csv];
  for (const file of files) {
    await makeFolder(dirname(resolve(file)));
    await requireWritable(file);
  }
  if (folder !== undefined) await makeFolder(folder);
  const entries = await readNamedRecords(folders, options);
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
