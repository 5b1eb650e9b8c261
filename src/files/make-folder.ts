import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Creates a folder and any missing parent folders. (Node.js's recursive `mkdir` never returns in /proc.)
 *
 * @throws Error naming the folder if it cannot be created
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
    // If the parent now exists, either another process has created it, or no folder can be created in it.
    if (!(await stat(parent).catch(() => undefined))?.isDirectory()) await make(parent);
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error; // created by another process in the meantime
    });
  }
}
