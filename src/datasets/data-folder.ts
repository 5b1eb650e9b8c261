import { join, resolve } from "node:path";

/** The folder of the data sets: the environment variable `IDRS_DATA` if set, else `data/` of the package. */
export function dataFolder(): string {
  const chosen = process.env.IDRS_DATA;
  return chosen ? resolve(chosen) : join(__dirname, "..", "..", "data");
}
