import type { DataFrame } from "danfojs-node";

/**
 * A list of row objects as a danfojs data frame, one column for each key, for grouping, filtering, joining and showing
 * in a notebook: the rows of a record, say, or what `compareRecords` returns.
 */
export async function dataFrame(rows: readonly object[]): Promise<DataFrame> {
  // Loaded on first use: danfojs takes two seconds, which most commands need not spend.
  const { default: danfo } = (await import("danfojs-node")) as unknown as {
    default: typeof import("danfojs-node");
  };
  return new danfo.DataFrame(rows.map((row) => ({ ...row })));
}
