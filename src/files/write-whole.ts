import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

/**
 * Writes a file as a whole or not at all: under another name beside it first, on the disk before it takes its name. If
 * that fails, a file of before is left as it was, and nothing else is left.
 *
 * @throws Error naming the file
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    const file = await open(part, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw new Error(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
