import { dirname, join } from "node:path";

/**
 * Returns the path of a file of this package. The calling code may be source code, built code or a benchmark.
 */
export function packageFile(...parts: string[]): string {
  return join(dirname(require.resolve("idrs/package.json")), ...parts);
}
