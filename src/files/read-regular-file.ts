import { constants } from "node:fs";
import { open } from "node:fs/promises";

/**
 * The maximum size in bytes of a file that is read as one string. Node.js does not support longer strings.
 */
export const LARGEST_TEXT: number = 2 ** 29 - 25;

/** The number of bytes that are read at once; Node.js ends the program if this exceeds 2^31 − 1. */
const CHUNK = 2 ** 30;

/**
 * Reads a regular file of at most a given size. A path that leads to anything else (a folder, a pipe, a
 * device) is refused at once, because reading might never end. No memory is allocated for a file that is too
 * large.
 *
 * @param atMost - the maximum size in bytes, at least 0
 * @returns the content, or undefined if there is no such file
 * @throws Error naming the path and what was found there
 */
export async function readRegularFile(path: string, atMost: number): Promise<Buffer | undefined> {
  try {
    // Without O_NONBLOCK, opening a named pipe that has no writer would wait forever.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const status = await file.stat();
      if (!status.isFile()) throw new Error(`is ${kindOf(status)}, expected a file`);
      if (status.size > atMost) throw new Error(`has ${status.size} bytes, expected at most ${atMost}`);
      // This reads as many bytes as the file had when it was opened, even if another process appends to the
      // file.
      const content = Buffer.alloc(status.size);
      let length = 0;
      for (let read = 1; read > 0 && length < content.length; length += read) {
        read = (await file.read(content, length, Math.min(CHUNK, content.length - length), null)).bytesRead;
      }
      return content.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new Error(`${path}: cannot be read: ${message}`, { cause: error });
  }
}

function kindOf(status: { isDirectory(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (status.isDirectory()) return "a folder";
  if (status.isFIFO()) return "a pipe";
  return status.isSocket() ? "a socket" : "a device";
}
