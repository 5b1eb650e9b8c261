import { dirname, join } from "node:path";

/** The path of a file of this package, from whichever place the calling code runs: sources, build or benchmarks. */
export function packageFile(...parts: string[]): string {
  return join(dirname(require.resolve("idrs/package.json")), ...parts);
}
