import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { readRegularFile } from "../files/read-regular-file";
import { writeWhole } from "../files/write-whole";
import { bytesOf, type ImageDataset } from "../datasets/image-dataset";
import { type Database, databaseChecksums } from "./database";
import { distanceOfSquare, nearestSquaredByteDistances } from "./nearest-distances";
import { makeFolder } from "../files/make-folder";

/** The cache folder: the value of the environment variable `IDRS_CACHE` if set, else `~/.cache/idrs`. */
function cacheFolder(): string {
  return process.env.IDRS_CACHE || join(homedir(), ".cache", "idrs");
}

/**
 * Computes the exact l2 distances from every image of a data set to its k nearest images of a database, with
 * pixels in [0, 1]. The distances are computed once and then cached on disk under the checksums (of files, or
 * of the pixels and labels of a data set that was not read from files), the dimension and the counts of both data sets.
 *
 * @param database - usually the training images
 * @param dataset - the data set, usually the test images; its images must have the same size as the database's
 *   images
 * @param k - 1 to `database.count`
 * @returns `dataset.count · k` distances: for each image in turn, its k distances in ascending order
 * @throws RangeError if k is out of range, or if the images of the two data sets differ in size
 */
export async function datasetDistances(
  database: Database,
  dataset: ImageDataset,
  k: number,
  folder: string = cacheFolder(),
): Promise<Float64Array> {
  if (dataset.dimension !== database.dimension) {
    throw new RangeError(
      `images of ${dataset.dimension} values cannot be compared with images of ${database.dimension}`,
    );
  }
  const key = createHash("sha256")
    .update(JSON.stringify([FORMAT, contentOf(database), contentOf(dataset), k]))
    .digest("hex");
  const path = join(folder, `nearest-${key.slice(0, 32)}.bin`);
  let squares = await readKept(path, dataset.count * k);
  if (!squares) {
    squares = await nearestSquaredByteDistances(database, bytesOf(dataset), k);
    await keep(path, folder, squares);
  }
  return Float64Array.from(squares, distanceOfSquare);
}

/** Returns what identifies the images of a data set in the cache. */
function contentOf(database: Database): object {
  const { dimension, count } = database;
  return { checksums: databaseChecksums(database), dimension, count };
}

/** The name of the format of the cached files. Files with a different format name are not used. */
const FORMAT = "squared byte distances 1";

const CHECKSUM_BYTES = 32;

/** Reads a cached file, which holds the squared distances and their SHA-256. A damaged file is ignored. */
async function readKept(path: string, length: number): Promise<Int32Array | undefined> {
  const bytes = length * 4 + CHECKSUM_BYTES;
  const kept = await readRegularFile(path, bytes).catch(() => undefined);
  if (kept?.length !== bytes) return undefined;
  const body = kept.subarray(0, length * 4);
  if (!kept.subarray(length * 4).equals(checksum(body))) return undefined;
  return new Int32Array(body.buffer.slice(body.byteOffset, body.byteOffset + body.length));
}

async function keep(path: string, folder: string, squares: Int32Array): Promise<void> {
  const body = Buffer.from(squares.buffer, squares.byteOffset, squares.byteLength);
  try {
    await makeFolder(folder);
    await writeWhole(path, Buffer.concat([body, checksum(body)]));
  } catch (error) {
    console.warn(`distances could not be cached: ${(error as Error).message}`);
  }
}

function checksum(body: Uint8Array): Buffer {
  return createHash("sha256").update(body).digest();
}
