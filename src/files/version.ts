import { readFileSync } from "node:fs";
import { packageFile } from "./package-file";

/** The version of this package, which is stored in records. */
export const version: string = (
  JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string }
).version;
