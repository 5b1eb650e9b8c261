import { mkdir } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { Command } from "commander";
import { readRecord } from "../experiments/record";
import { requireWritable } from "../files/require-writable";
import { writeWhole } from "../files/write-whole";

export function reportCommand(): Command {
  return new Command("report")
    .description("make one web page of a certification run, or of several compared")
    .argument("<records...>", "folders of the records; the others are compared with the first")
    .option("--out <file>", "the page", "report.html")
    .option("--title <text>", "its title (default: the names of the records)")
    .option(
      "--label <text>",
      "what the page calls a record; once for each record, in their order (default: the names of the folders)",
      (label: string, before: string[] = []) => [...before, label],
    )
    .option("--csv <file>", "write the table of the page to this file, too")
    .addHelpText("after", "\nThe page is one file, to be read offline, passed on or printed.")
    .action(makeReport);
}

interface Options {
  readonly out: string;
  readonly title?: string;
  readonly label?: readonly string[];
  readonly csv?: string;
}

async function makeReport(folders: string[], { out, title, label, csv }: Options): Promise<void> {
  const { reportCsv, reportPage } = await import("../pages/report-page.js");
  const names = namesOf(folders, label);
  if (csv !== undefined && resolve(csv) === resolve(out))
    throw new Error(`${out} is named by --out and by --csv`);
  const files = csv === undefined ? [out] : [out, csv];
  for (const file of files) {
    await mkdir(dirname(resolve(file)), { recursive: true });
    await requireWritable(file);
  }
  const records = await Promise.all(folders.map(readRecord));
  const entries = names.map((name, i) => [name, records[i]] as const);
  const page = await reportPage(entries, { title });
  await writeWhole(out, page);
  if (csv !== undefined) await writeWhole(csv, reportCsv(entries));
  console.log(`${out}  ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB`);
}

/** What each record is called: as the labels say, or else after its folder. */
function namesOf(folders: readonly string[], labels: readonly string[] | undefined): readonly string[] {
  if (labels && labels.length !== folders.length) {
    throw new Error(`there are ${folders.length} records, but ${labels.length} of --label`);
  }
  const bases = folders.map((folder) => basename(resolve(folder)));
  const names = labels ?? (new Set(bases).size === folders.length ? bases : folders);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`record ${twice} is named twice`);
  return names;
}
