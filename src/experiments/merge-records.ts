import { commandLine, wholeRunCommand } from "./command-line";
import { type CertificationRecord, readRecord, type RecordRow, requireSigmasOfRun } from "./record";
import { writeRecord } from "./record-writer";
import { configurationDifference, imageCount, imagesOfRecord, wholeRun } from "./run-configuration";

/**
 * Joins the parts of a run, each of which was certified as a shard. Except for the column `seconds`, the
 * result is the record that the whole run would have written.
 *
 * @param parts - the folders of the parts, in any order
 * @param folder - the folder for the joined record
 * @throws Error if the parts belong to different runs (the error names the difference), if an image is in two
 *   parts, if an image is missing, or if the values of σ(x) are not those with which the run began
 * @example
 * const test = await loadCifar10("test", { every: 20 });
 * const red = functionClassifier({ name: "red", dimension: 3072, classCount: 10, classOf: (x) => (x[0] > 0.5 ? 1 : 0) });
 * const certify = (index: number) =>
 *   smooth(red, constant(0.5)).certifyDataset(test, { every: 2000, n: 100, shard: { index, count: 2 }, folder: `part-${index}` });
 * await Promise.all([certify(1), certify(2)]);
 * const record = await mergeRecords(["part-1", "part-2"], "whole");
 * record.rows.length; // 5
 */
export async function mergeRecords(parts: readonly string[], folder: string): Promise<CertificationRecord> {
  if (parts.length === 0) throw new Error("give the folders of the parts to merge");
  const records: CertificationRecord[] = [];
  for (const part of parts) records.push(await readRecord(part));
  const configuration = wholeRun(records[0].configuration);
  const owners = new Map<number, string>();
  const found = new Map<number, RecordRow>();
  for (const [i, record] of records.entries()) {
    const difference = configurationDifference(configuration, wholeRun(record.configuration), [
      `in ${parts[0]}`,
      `in ${parts[i]}`,
    ]);
    if (difference) throw new Error(`${parts[i]} belongs to a different run: ${difference}`);
    for (const row of record.rows) {
      const other = owners.get(row.index);
      if (other !== undefined) throw new Error(`image ${row.index} is in both ${other} and ${parts[i]}`);
      owners.set(row.index, parts[i]);
      found.set(row.index, row);
    }
  }
  const rows: RecordRow[] = [];
  const missing: number[] = [];
  for (const index of imagesOfRecord(configuration)) {
    const row = found.get(index);
    if (row) rows.push(row);
    else if (missing.push(index) > 5) break;
  }
  if (missing.length > 0) {
    const total = imageCount(configuration);
    const shown = `${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}`;
    throw new Error(`${total - found.size} of ${total} images are in no part: ${shown}`);
  }
  requireSigmasOfRun(parts.join(", "), configuration, rows);
  const { command } = records[0];
  // No command recertifies the whole run, because its record does not exist before its shards are merged.
  const whole = command?.startsWith("idrs recertify ")
    ? commandLine(["idrs", "merge", folder, ...parts])
    : command && wholeRunCommand(command, folder);
  const merged = { configuration, ...(whole !== undefined && { command: whole }), rows };
  return writeRecord(folder, merged);
}
