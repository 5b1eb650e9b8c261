import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readRegularFile } from "../files/read-regular-file";

/** A file of a published data set, described in its uncompressed form. */
export interface DataFile {
  /** File name, without `.gz`. */
  readonly name: string;
  /** The size in bytes. */
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly sha256: string;
}

/** The error for a data file that is missing, as opposed to present but wrong. */
export class MissingDataError extends Error {
  override readonly name = "MissingDataError";
}

/**
 * Reads a data file, plain or gzipped (`NAME` or `NAME.gz`), and verifies its content.
 *
 * @param dataset - the name of the data set for `idrs fetch`
 * @returns the uncompressed content
 * @throws MissingDataError if neither form is in the folder; Error if the content is not the published one
 */
export async function readDataFile(
  folder: string,
  file: DataFile,
  dataset: string = "NAME",
): Promise<Buffer> {
  for (const name of [file.name, `${file.name}.gz`]) {
    const path = join(folder, name);
    const stored = await readRegularFile(path, largestStored(file));
    if (stored) return verified(path, stored, file);
  }
  throw new MissingDataError(
    `${file.name} (or ${file.name}.gz) is not in ${folder}; "idrs fetch ${dataset}" gets it, ` +
      `and IDRS_DATA can name another data folder`,
  );
}

/**
 * The maximal size in bytes of a data file, plain or gzipped: gzip adds a little to data that it cannot
 * compress.
 */
export function largestStored({ bytes }: DataFile): number {
  return bytes + Math.ceil(bytes / 1000) + 1024;
}

/**
 * Returns the uncompressed content of a stored data file if it is the published one.
 *
 * @param path - where the bytes come from, for the error; if the path ends in `.gz`, they are gzipped
 * @throws Error naming the path and what was expected
 */
export async function verified(path: string, stored: Buffer, file: DataFile): Promise<Buffer> {
  let content = stored;
  if (path.endsWith(".gz")) {
    try {
      content = await promisify(gunzip)(stored, { maxOutputLength: file.bytes + 1 });
    } catch (error) {
      throw new Error(
        `${path}: not a complete gzip file of ${file.bytes} bytes: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
  }
  if (content.length !== file.bytes) {
    throw new Error(`${path}: has ${content.length} bytes uncompressed, expected ${file.bytes}`);
  }
  const sha256 = createHash("sha256").update(content).digest("hex");
  if (sha256 !== file.sha256) {
    throw new Error(`${path}: SHA-256 of the uncompressed content is ${sha256}, expected ${file.sha256}`);
  }
  return content;
}
