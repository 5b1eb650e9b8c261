import { randomUUID } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";

/**
 * Checks that a file can be written, before the work is done that it is to hold.
 *
 * @throws Error naming the file if it cannot
 */
export async function checkWritable(path: string): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory()) throw new Error("it is a folder");
    await (await open(part, "wx")).close();
    await rm(part);
  } catch (error) {
    throw new Error(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
