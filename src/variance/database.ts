import type { KnownDistances } from "../datasets/cifar10-distances";
import { MissingDataError } from "../datasets/data-file";
import { checksumsOf } from "../datasets/checksums";
import { bytesOf, type ImageDataset, requireLoaded } from "../datasets/image-dataset";
import { requireInteger } from "../numerics/arguments";

/**
 * The images that are searched for nearest neighbors: either a data set, or the known distances to a data set
 * whose images are not available.
 */
export type Database = ImageDataset | KnownDistances;

/** Returns whether only the distances to the images are known, not the images themselves. */
export function isKnown(database: Database): database is KnownDistances {
  return "squaresOf" in database;
}

/** Returns the checksums that identify a database. */
export function databaseChecksums(database: Database): ImageDataset["checksums"] {
  return isKnown(database) ? database.checksums : checksumsOf(database);
}

/** @throws TypeError if a database is neither a data set nor known distances, for example a promise of one */
export function requireDatabase(database: Database): void {
  if (!("squaresOf" in Object(database))) requireLoaded(database);
}

/**
 * Checks a database and the number k of nearest images.
 *
 * @throws RangeError if the database has fewer than k images, or if its pixels are not bytes; TypeError if it is no
 *   data set
 */
export function requireNeighbors(database: Database, k: number): void {
  requireDatabase(database);
  if (!isKnown(database)) bytesOf(database);
  requireInteger("neighbors", k, 1, isKnown(database) ? database.neighbors : database.count);
}

/**
 * Returns the known squared distances, on the scale of bytes, from images to their k nearest images of the
 * database.
 *
 * @param queries - images one after another, `database.dimension` bytes each
 * @returns k squared distances in ascending order for each image, one image after another
 * @throws MissingDataError if the distances of an image are not known
 */
export function knownSquares(database: KnownDistances, queries: Uint8Array, k: number): Int32Array {
  const { dimension } = database;
  const nearest = new Int32Array((queries.length / dimension) * k);
  for (let start = 0, at = 0; start < queries.length; start += dimension, at += k) {
    const squares = database.squaresOf(queries.subarray(start, start + dimension));
    if (!squares) throw unknownDistances(database);
    nearest.set(squares.subarray(0, k), at);
  }
  return nearest;
}

/**
 * The error for an input whose distances are not known. Unknown distances can be computed only from the images
 * themselves.
 */
export function unknownDistances({ name, split, remedy }: KnownDistances): MissingDataError {
  return new MissingDataError(`the images of ${name} ${split} are missing: ${remedy}`);
}
