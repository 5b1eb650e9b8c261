import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readRegularFile } from "../files/read-regular-file";

/** A file of a published data set, described in its uncompressed form. */
export interface DataFile {
  /** The name of the file, without `.gz`. */
  readonly name: string;
  /** The size in bytes. */
  readonly bytes: number;
  /** The SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
}

/** The error for a data file that is missing. A data file with wrong content causes a plain Error. */
export class MissingDataError extends Error {
  override readonly name = "MissingDataError";
}

/**
 * Reads a data file, plain or gzipped (`NAME` or `NAME.gz`), and verifies the content.
 *
 * @param dataset - the name of the data set as passed to `idrs fetch`
 * @returns the uncompressed content
 * @throws MissingDataError if neither form is in the folder; Error if the content differs from the published
 *   content
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
    `${file.name} (or ${file.name}.gz) is not in ${folder}; "idrs fetch ${dataset}" downloads it, ` +
      `and IDRS_DATA can name another data folder`,
  );
}

/**
 * Returns the maximum size in bytes of a data file, plain or gzipped. Gzip makes data that it cannot compress
 * slightly larger.
 */
export function largestStored({ bytes }: DataFile): number {
  return bytes + Math.ceil(bytes / 1000) + 1024;
}

/**
 * Returns the uncompressed content of a stored data file, after checking that this content is the published
 * one.
 *
 * @param path - the path from which the bytes come, for the error; if the path ends in `.gz`, the bytes are
 *   gzipped
 * @throws Error naming the path and the expected size or checksum
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
