import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

/**
 * Writes a file as a whole or not at all. The content is first written to disk under another name in the same
 * folder, and then renamed. If writing or renaming fails, an existing file stays unchanged, and no other file
 * remains.
 *
 * @param check - is called before the file is renamed; if it throws, an existing file stays unchanged
 * @throws Error naming the file
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  check?: () => Promise<void>,
): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    const file = await open(part, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await check?.();
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw new Error(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
