import { loadOptional } from "../files/optional-package";

/** The part of a danfojs data frame that tables of records need. */
export interface RecordFrame {
  /** The names of the columns. */
  columns: string[];
  /** The name of each row. */
  index: (string | number)[];
  /** The cells, row by row. */
  values: unknown;
  /** The number of rows and of columns. */
  readonly shape: number[];
  /** Returns a column with its values and summaries. */
  column(name: string): {
    /** The cells of the column. */
    values: unknown;
    /** The mean of the column. */
    mean(): number;
    /** The sample standard deviation of the column. */
    std(): number;
    /** The median of the column. */
    median(): number;
    /** The smallest value of the column. */
    min(): number;
    /** The largest value of the column. */
    max(): number;
    /** The sum of the column. */
    sum(): number;
    /** The number of values in the column. */
    count(): number;
  };
  /** Groups the rows by their values in the given columns. */
  groupby(columns: string[]): {
    /**
     * Reduces each group to one row with the given operation for each column, for example
     * `{ radius: "mean" }`.
     */
    agg(operations: Record<string, string | string[]>): RecordFrame;
  };
  /** Renames columns, for example `{ radius_mean: "mean radius" }`. */
  rename(names: Record<string, string>): RecordFrame;
  /** Returns the first rows; by default five. */
  head(rows?: number): RecordFrame;
  /** Returns the count, mean, standard deviation, quantiles and extremes of each numeric column. */
  describe(): RecordFrame;
  /** Prints the table. */
  print(): void;
}

/**
 * Turns a list of row objects into a danfojs data frame with one column per key, for grouping, filtering,
 * joining and showing in a notebook. The list may be the rows of a record or the result of `compareRecords`.
 *
 * @typeParam Frame - the type of the result; pass danfojs's own type to use all methods of danfojs
 * @throws Error if danfojs-node, an optional peer dependency of this package, is not installed
 * @example
 * import type { DataFrame } from "danfojs-node";
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * const frame = await dataFrame<DataFrame>(rows);
 * frame.groupby(["label"]).agg({ radius: "mean" }).shape; // [ 10, 2 ]
 */
export async function dataFrame<Frame = RecordFrame>(rows: readonly object[]): Promise<Frame> {
  // danfojs is loaded on first use, because loading it takes two seconds.
  const danfo = await loadOptional<{ DataFrame: new (rows: object[]) => Frame }>(
    "danfojs-node",
    "data frames",
  );
  return new danfo.DataFrame(rows.map((row) => ({ ...row })));
}
