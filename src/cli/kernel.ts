import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { Command, Option } from "commander";
import { packageFile } from "../files/package-file";
import { writeWhole } from "../files/write-whole";
import { makeFolder } from "../files/make-folder";

/** The folder of the kernel in this package. */
const KERNEL = ["notebooks", ".jupyter", "kernels", "tslab"];

/** The display name of the kernel. */
const NAME = "TypeScript (idrs)";

export function kernelCommand(): Command {
  const command = new Command("kernel").description(
    "register the kernel TypeScript (idrs) with Jupyter, VS Code and other clients",
  );
  for (const [name, description, action] of [
    ["install", "register the kernel with Jupyter", install],
    ["uninstall", "remove the kernel from Jupyter", uninstall],
  ] as const) {
    command
      .command(name)
      .description(description)
      .addOption(new Option("--user", "for this user (default)").conflicts(["sysPrefix", "prefix"]))
      .addOption(new Option("--sys-prefix", "in the environment of the jupyter on PATH").conflicts("prefix"))
      .option("--prefix <folder>", "in FOLDER/share/jupyter")
      .action(action);
  }
  return command;
}

interface Place {
  readonly sysPrefix?: boolean;
  readonly prefix?: string;
}

async function install(place: Place): Promise<void> {
  const folder = entryFolder(place);
  const own = JSON.parse(readFileSync(packageFile(...KERNEL, "kernel.json"), "utf8")) as object;
  // The paths are absolute, because the client that starts the kernel may have a different search path or
  // none.
  const argv = [process.execPath, packageFile(...KERNEL, "launch.js"), "{connection_file}"];
  const before = displayName(folder);
  await makeFolder(folder);
  await writeWhole(join(folder, "kernel.json"), `${JSON.stringify({ ...own, argv }, null, 2)}\n`);
  const other = before === undefined || before === NAME ? "" : `, in place of ${before}`;
  console.log(`${NAME} is installed as tslab in ${folder}${other}`);
}

async function uninstall(place: Place): Promise<void> {
  const folder = entryFolder(place);
  const found = displayName(folder);
  if (found === undefined) throw new Error(`there is no kernel tslab in ${folder}`);
  if (found !== NAME)
    throw new Error(`the kernel tslab in ${folder} belongs to ${found}, not to this package`);
  await rm(folder, { recursive: true });
  console.log(`removed tslab from ${folder}`);
}

/**
 * Returns the display name of the kernel that is registered in a folder, or undefined if no kernel is
 * registered there.
 */
function displayName(folder: string): string | undefined {
  const file = join(folder, "kernel.json");
  if (!existsSync(file)) return undefined;
  try {
    return String((JSON.parse(readFileSync(file, "utf8")) as { display_name: unknown }).display_name);
  } catch {
    return "an unreadable kernel.json";
  }
}

function entryFolder({ sysPrefix, prefix }: Place): string {
  const share = sysPrefix ? prefixOfJupyter() : prefix === undefined ? undefined : resolve(prefix);
  return join(share === undefined ? userFolder() : join(share, "share", "jupyter"), "kernels", "tslab");
}

/**
 * Returns the folder of the user's Jupyter data
 * (https://docs.jupyter.org/en/latest/use/jupyter-directories.html).
 */
function userFolder(): string {
  const { JUPYTER_DATA_DIR, XDG_DATA_HOME, APPDATA } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (process.platform === "win32") return join(APPDATA ?? join(homedir(), "AppData", "Roaming"), "jupyter");
  return join(XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
}

/**
 * Returns the prefix of the Python that runs the jupyter on PATH or, without a jupyter, the prefix of the
 * Python on PATH.
 */
function prefixOfJupyter(): string {
  const jupyter = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "jupyter"))
    .find(existsSync);
  const python =
    (jupyter && /^#!\s*(\S*python[\d.]*)\s/.exec(readFileSync(jupyter, "latin1"))?.[1]) ??
    (process.platform === "win32" ? "python" : "python3");
  try {
    return execFileSync(python, ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" }).trim();
  } catch {
    throw new Error(
      "--sys-prefix needs Python, which was not found; specify the folder with --prefix instead",
    );
  }
}
