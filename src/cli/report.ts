import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { Command } from "commander";
import { readRecord } from "../experiments/record";

export function reportCommand(): Command {
  return new Command("report")
    .description("make one web page of a certification run, or of several compared")
    .argument("<records...>", "folders of the records; the others are compared with the first")
    .option("--out <file>", "the page", "report.html")
    .addHelpText("after", "\nThe page is one file, to be read offline, passed on or printed.")
    .action(makeReport);
}

async function makeReport(folders: string[], { out }: { out: string }): Promise<void> {
  const { reportPage } = await import("../pages/report-page.js");
  const bases = folders.map((folder) => basename(resolve(folder)));
  const names = new Set(bases).size === folders.length ? bases : folders;
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`record ${twice} is named twice`);
  const records = await Promise.all(folders.map(readRecord));
  const page = await reportPage(Object.fromEntries(names.map((name, i) => [name, records[i]])));
  await mkdir(dirname(resolve(out)), { recursive: true });
  await writeFile(out, page);
  console.log(`${out}  ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB`);
}
