import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { packageFile } from "../files/package-file";

/**
 * Returns the folder of the data sets. If the environment variable `IDRS_DATA` is set, the folder is its
 * value. Otherwise, if the code runs from a repository, the folder is `data/` in the repository; for an
 * installed package, it is `idrs` in the user's data folder (`$XDG_DATA_HOME` or `~/.local/share`). Data in
 * the user's data folder are kept when the package is installed again.
 */
export function dataFolder(): string {
  const chosen = process.env.IDRS_DATA;
  if (chosen) return resolve(chosen);
  const ofRepository = packageFile("data");
  return existsSync(join(ofRepository, "README.md")) ? ofRepository : join(userDataFolder(), "idrs");
}

/**
 * Returns the user's data folder. As the XDG Base Directory Specification demands, a path that is not
 * absolute is ignored.
 */
function userDataFolder(): string {
  const chosen = process.env.XDG_DATA_HOME;
  return chosen && isAbsolute(chosen) ? chosen : join(homedir(), ".local", "share");
}
