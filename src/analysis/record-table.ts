import type { DataFrame } from "danfojs-node";
import type { CertificationRecord } from "../experiments/record";

/**
 * The rows of a record as a danfojs data frame, one column for each column of the record, for grouping, filtering and
 * joining in a notebook.
 */
export async function recordTable(record: CertificationRecord): Promise<DataFrame> {
  // Loaded on first use: danfojs takes two seconds, which most commands need not spend.
  const { default: danfo } = (await import("danfojs-node")) as unknown as {
    default: typeof import("danfojs-node");
  };
  return new danfo.DataFrame(record.rows.map((row) => ({ ...row })));
}
