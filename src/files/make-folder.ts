import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and its parents, if missing. (The recursive `mkdir` of Node.js never ends in /proc.)
 *
 * @throws Error naming the folder if it cannot be made
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await make(folder);
  } catch (error) {
    throw new Error(`${folder}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

async function make(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((await stat(folder).catch(() => undefined))?.isDirectory()) return;
    const parent = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === folder) throw error;
    // Where the parent is there by now, another process has made it meanwhile; or no folder can be made in it.
    if (!(await stat(parent).catch(() => undefined))?.isDirectory()) await make(parent);
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error; // made by another process meanwhile
    });
  }
}
