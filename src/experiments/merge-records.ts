import { firstDifference } from "../files/first-difference";
import {
  type CertificationRecord,
  configurationDifference,
  openRecord,
  readRecord,
  type RecordRow,
  type RunConfiguration,
} from "./record";

/**
 * Joins the parts of a run, each certified with another shard, into the record that the run as a whole would have
 * written (but for the seconds).
 *
 * @param parts - folders of the parts, in any order
 * @param folder - of the joined record
 * @throws Error if the parts are not of one run, naming the difference; if an image is in two of them; or if one is
 * in none
 */
export async function mergeRecords(parts: readonly string[], folder: string): Promise<CertificationRecord> {
  if (parts.length === 0) throw new Error("give the folders of the parts to merge");
  const records: CertificationRecord[] = [];
  for (const part of parts) records.push(await readRecord(part));
  const configuration = wholeRun(records[0].configuration);
  const rows: RecordRow[] = [];
  const owner = new Map<number, string>();
  for (const [i, record] of records.entries()) {
    const difference = configurationDifference(configuration, wholeRun(record.configuration), [
      `in ${parts[0]}`,
      `in ${parts[i]}`,
    ]);
    if (difference) throw new Error(`${parts[i]} is of another run: ${difference}`);
    for (const row of record.rows) {
      const other = owner.get(row.index);
      if (other !== undefined) throw new Error(`image ${row.index} is in both ${other} and ${parts[i]}`);
      owner.set(row.index, parts[i]);
      rows.push(row);
    }
  }
  const { count, every } = configuration.dataset;
  const missing = [];
  for (let index = 0; index < count; index += every) if (!owner.has(index)) missing.push(index);
  if (missing.length > 0) {
    throw new Error(
      `${missing.length} of ${Math.ceil(count / every)} images are in no part: ` +
        `${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}`,
    );
  }

  rows.sort((a, b) => a.index - b.index);
  const command = records[0].command.replace(/ --shard[ =]\S+/, "").replace(/( --out[ =])\S+/, `$1${folder}`);
  const merged = await openRecord(folder, configuration, command);
  try {
    // A merge that was cut off is gone on with.
    merged.rows.forEach((row, i) => {
      if (rows[i]?.index !== row.index || differ(row, rows[i])) {
        throw new Error(`${folder} holds a record already: its row ${i + 1} is not that of the parts`);
      }
    });
    for (const row of rows.slice(merged.rows.length)) await merged.append(row);
  } finally {
    await merged.close();
  }
  return { configuration, command, rows };
}

/** Whether two rows of one image differ in more than the seconds. */
function differ({ seconds: _one, ...row }: RecordRow, { seconds: _other, ...other }: RecordRow): boolean {
  return firstDifference(row, other) !== undefined;
}

/** The configuration of the run that a part is of. */
function wholeRun({ shard, ...configuration }: RunConfiguration): RunConfiguration {
  return configuration;
}
