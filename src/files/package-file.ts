import { dirname, join } from "node:path";

/** The path of a file of this package, whether the calling code is source, build or benchmark. */
export function packageFile(...parts: string[]): string {
  return join(dirname(require.resolve("idrs/package.json")), ...parts);
}
