import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { packageFile } from "../files/package-file";

/**
 * The folder of the data sets: the value of the environment variable `IDRS_DATA` if set; else `data/` of the
 * repository, if the code runs from a repository; else, for an installed package, `idrs` in the user's data
 * folder, `$XDG_DATA_HOME` or `~/.local/share`. Data in the user's data folder are kept when the package is
 * installed again.
 */
export function dataFolder(): string {
  const chosen = process.env.IDRS_DATA;
  if (chosen) return resolve(chosen);
  const ofRepository = packageFile("data");
  return existsSync(join(ofRepository, "README.md")) ? ofRepository : join(userDataFolder(), "idrs");
}

/** By the XDG Base Directory Specification, a path that is not absolute is ignored. */
function userDataFolder(): string {
  const chosen = process.env.XDG_DATA_HOME;
  return chosen && isAbsolute(chosen) ? chosen : join(homedir(), ".local", "share");
}
