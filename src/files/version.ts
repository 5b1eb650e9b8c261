import { readFileSync } from "node:fs";
import { packageFile } from "./package-file";

/** Version of this package; records carry it. */
export const version: string = (
  JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string }
).version;
