import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { Command } from "commander";
import { readCohenLog } from "../analysis/cohen-log";
import { describeImageDataset, IMAGE_DATASET_NAMES } from "../datasets/image-datasets";
import { type CertificationRecord, readRecord } from "../experiments/record";
import { requireWritable } from "../files/require-writable";
import { numberOption } from "./options";
import { writeWhole } from "../files/write-whole";
import { makeFolder } from "../files/make-folder";

export function reportCommand(): Command {
  return new Command("report")
    .description("make one web page of a certification run, or of several compared")
    .argument(
      "<records...>",
      "folders of the records; the others are compared with the first. A file is a log of Cohen et al.'s code, of the " +
        "images of the first folder",
    )
    .option(
      "--sigma <number>",
      "σ of a log; once for each log, in their order",
      (text: string, before: number[] = []) => [...before, numberOption(text)],
    )
    .option(
      "--data <name>",
      `images of the logs, where there is no folder: ${IMAGE_DATASET_NAMES.join(", ")}`,
    )
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
  readonly sigma?: readonly number[];
  readonly data?: string;
}

async function makeReport(folders: string[], options: Options): Promise<void> {
  const { out, title, label, csv } = options;
  const { reportCsv, reportPage } = await import("../pages/report-page.js");
  const names = namesOf(folders, label);
  if (csv !== undefined && resolve(csv) === resolve(out))
    throw new Error(`${out} is named by --out and by --csv`);
  const files = csv === undefined ? [out] : [out, csv];
  for (const file of files) {
    await makeFolder(dirname(resolve(file)));
    await requireWritable(file);
  }
  const records = await readAll(folders, options);
  const entries = names.map((name, i) => [name, records[i]] as const);
  const page = await reportPage(entries, { title });
  await writeWhole(out, page);
  if (csv !== undefined) await writeWhole(csv, reportCsv(entries));
  console.log(`${out}  ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB`);
}

/** Reads records, and logs of other programs, which are files. */
async function readAll(
  paths: readonly string[],
  { sigma = [], data }: Options,
): Promise<CertificationRecord[]> {
  const areLogs = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (status) => !status.isDirectory(),
        () => false,
      ),
    ),
  );
  const logs = paths.filter((_, i) => areLogs[i]);
  if (logs.length !== sigma.length) {
    throw new Error(`there are ${logs.length} logs (${logs.join(", ")}), but ${sigma.length} of --sigma`);
  }
  const records = await Promise.all(paths.map((path, i) => (areLogs[i] ? undefined : readRecord(path))));
  const dataset =
    data === undefined
      ? records.find((record) => record)?.configuration.dataset
      : describeImageDataset(data, "test");
  return Promise.all(
    records.map((record, i) => {
      if (record) return record;
      if (!dataset)
        throw new Error(`${paths[i]}: name the images of the log: --data, or a record of the same images`);
      return readCohenLog(paths[i], { sigma: sigma[logs.indexOf(paths[i])], dataset });
    }),
  );
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
