import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes sure, before the work for it begins, that a file can be written.
 *
 * @throws Error naming the file and the reason
 */
export async function requireWritable(path: string): Promise<void> {
  try {
    await access(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw new Error(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) throw new Error(`${path}: cannot be written: it is not a file`);
}
