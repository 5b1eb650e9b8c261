import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { readCohenLog } from "../analysis/cohen-log";
import { describeImageDataset, IMAGE_DATASET_NAMES } from "../datasets/image-datasets";
import { type CertificationRecord, CONFIGURATION_FILE, readRecord, ROWS_FILE } from "../experiments/record";
import { imageCount } from "../experiments/run-configuration";
import { isSameFile } from "../files/same-file";
import type { NamedRecord } from "../export/record-parts";
import { countText } from "../numerics/count-text";
import { numberOption } from "./options";

/** The values of the options that {@link addRecordOptions} adds. */
export interface RecordArguments {
  readonly label?: readonly string[];
  readonly sigma?: readonly number[];
  readonly data?: string;
}

/**
 * Adds to a command the argument that names records, and the options that supply the information missing from
 * log files.
 */
export function addRecordOptions(command: Command, others: string): Command {
  return command
    .argument(
      "<records...>",
      `folders of records${others}. A file is read as a log of Cohen et al.'s code, for the images of the first folder`,
    )
    .option(
      "--sigma <number>",
      "σ of a log; repeat for each log, in order",
      (text: string, before: number[] = []) => [...before, numberOption(text)],
    )
    .option("--data <name>", `images of the logs, if there is no folder: ${IMAGE_DATASET_NAMES.join(", ")}`)
    .option(
      "--label <text>",
      "name of a record; repeat for each record, in order (default: the names of the folders)",
      (label: string, before: string[] = []) => [...before, label],
    );
}

/**
 * Reads records (from folders) and logs of other programs (from files), and returns each of them with its
 * name.
 *
 * @param outputs - the files that the command will write
 * @throws Error if an output would overwrite what is read, or naming the record or the option that is wrong
 */
export async function readNamedRecords(
  paths: readonly string[],
  { label, sigma = [], data }: RecordArguments,
  outputs: readonly string[],
): Promise<NamedRecord[]> {
  const names = namesOf(paths, label);
  await requireOthers(outputs, paths);
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
    throw new Error(
      `give --sigma once for each log, expected ${logs.length} (${logs.join(", ")}), got ${sigma.length}`,
    );
  }
  if (data !== undefined && logs.length < paths.length) {
    throw new Error(`--data names the images of logs where there is no folder, got ${data} and a folder`);
  }
  const records = await Promise.all(
    paths.map(async (path, i) => (areLogs[i] ? undefined : readRecord(path))),
  );
  const dataset =
    data === undefined
      ? records.find((record) => record)?.configuration.dataset
      : describeImageDataset(data, "test");
  return Promise.all(
    records.map(async (record, i): Promise<readonly [string, CertificationRecord]> => {
      if (record) {
        tellUnfinished(names[i], record);
        return [names[i], record];
      }
      if (!dataset)
        throw new Error(
          `${paths[i]}: the images of a log are unknown: give --data, or a record of the same images`,
        );
      const sigmaOfLog = sigma[areLogs.slice(0, i).filter(Boolean).length];
      return [names[i], await readCohenLog(paths[i], { sigma: sigmaOfLog, dataset })];
    }),
  );
}

/** @throws Error if an output is a log, or a file of a record, at one of the paths */
async function requireOthers(outputs: readonly string[], paths: readonly string[]): Promise<void> {
  const inputs = paths.flatMap((path) => [path, join(path, CONFIGURATION_FILE), join(path, ROWS_FILE)]);
  for (const output of outputs) {
    for (const input of inputs) {
      if (resolve(output) !== resolve(input) && !(await isSameFile(output, input))) continue;
      throw new Error(`${output} is ${input}, which this command reads: give another file`);
    }
  }
}

function tellUnfinished(name: string, { configuration, rows }: CertificationRecord): void {
  const planned = imageCount(configuration);
  if (rows.length >= planned) return;
  const counts = `${countText(rows.length)} of the ${countText(planned)} images of this run`;
  console.error(`${name} is unfinished: ${counts}`);
}

/** Returns the names of the records: the given labels or, without labels, the names of the folders. */
function namesOf(folders: readonly string[], labels: readonly string[] | undefined): readonly string[] {
  if (labels && labels.length !== folders.length) {
    throw new Error(`give --label once for each record, expected ${folders.length}, got ${labels.length}`);
  }
  const bases = folders.map((folder) => basename(resolve(folder)));
  const names = labels ?? (new Set(bases).size === folders.length ? bases : folders);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`record ${twice} is named twice`);
  return names;
}
