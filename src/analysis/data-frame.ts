import { loadOptional } from "../files/optional-package";

/** The part of a danfojs data frame that tables of records need. */
export interface RecordFrame {
  /** Names of the columns. */
  columns: string[];
  /** Name of each row. */
  index: (string | number)[];
  /** The cells, row by row. */
  values: unknown;
  /** Number of rows and of columns. */
  readonly shape: number[];
  /** A column, with its values and summaries. */
  column(name: string): {
    /** The cells of the column. */
    values: unknown;
    /** Mean of the column. */
    mean(): number;
    /** Sample standard deviation of the column. */
    std(): number;
    /** Median of the column. */
    median(): number;
    /** Smallest value of the column. */
    min(): number;
    /** Largest value of the column. */
    max(): number;
    /** Sum of the column. */
    sum(): number;
    /** Number of values in the column. */
    count(): number;
  };
  /** Rows grouped by the values of columns. */
  groupby(columns: string[]): {
    /** One row per group, with an operation per column, for example `{ radius: "mean" }`. */
    agg(operations: Record<string, string | string[]>): RecordFrame;
  };
  /** The first rows; by default five. */
  head(rows?: number): RecordFrame;
  /** Count, mean, deviation, quantiles and extremes of each column of numbers. */
  describe(): RecordFrame;
  /** Prints the table. */
  print(): void;
}

/**
 * Turns a list of row objects into a danfojs data frame with one column per key, for grouping, filtering,
 * joining and showing in a notebook. The rows may be those of a record or the result of `compareRecords`.
 *
 * @typeParam Frame - the type of the result; name danfojs's own type to use all its methods
 * @throws Error if danfojs-node is not installed: it is an optional peer dependency of this package
 * @example
 * import type { DataFrame } from "danfojs-node";
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * const frame = await dataFrame<DataFrame>(rows);
 * frame.groupby(["label"]).agg({ radius: "mean" }).shape; // [ 10, 2 ]
 */
export async function dataFrame<Frame = RecordFrame>(rows: readonly object[]): Promise<Frame> {
  // Loaded on first use, because loading danfojs takes two seconds.
  const danfo = await loadOptional<{ DataFrame: new (rows: object[]) => Frame }>(
    "danfojs-node",
    "data frames",
  );
  return new danfo.DataFrame(rows.map((row) => ({ ...row })));
}
