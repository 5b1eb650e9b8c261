import { loadOptional } from "../files/optional-package";

/** What tables of records need of a danfojs data frame. */
export interface RecordFrame {
  columns: string[];
  index: (string | number)[];
  values: unknown;
  readonly shape: number[];
  /** A column, of which `mean`, `std`, `median`, `min`, `max`, `sum` and `count` are numbers. */
  column(name: string): {
    values: unknown;
    mean(): number;
    std(): number;
    median(): number;
    min(): number;
    max(): number;
    sum(): number;
    count(): number;
  };
  /** Rows grouped by the values of columns; `agg` has one operation a column, such as `{ radius: "mean" }`. */
  groupby(columns: string[]): { agg(operations: Record<string, string | string[]>): RecordFrame };
  head(rows?: number): RecordFrame;
  describe(): RecordFrame;
  print(): void;
}

/**
 * A list of row objects as a danfojs data frame, one column for each key, for grouping, filtering, joining and showing
 * in a notebook: the rows of a record, say, or what `compareRecords` returns.
 *
 * @typeParam Frame - danfojs's own type, for all that it offers
 * @throws Error if danfojs-node is not installed: it is an optional peer of this package
 * @example
 * import type { DataFrame } from "danfojs-node";
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * const frame = await dataFrame<DataFrame>(rows);
 * frame.groupby(["label"]).agg({ radius: "mean" }).shape; // [ 10, 2 ]
 */
export async function dataFrame<Frame = RecordFrame>(rows: readonly object[]): Promise<Frame> {
  // Loaded on first use: danfojs takes two seconds, which most commands need not spend.
  const danfo = await loadOptional<{ DataFrame: new (rows: object[]) => Frame }>(
    "danfojs-node",
    "data frames",
  );
  return new danfo.DataFrame(rows.map((row) => ({ ...row })));
}
