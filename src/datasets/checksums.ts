import { createHash } from "node:crypto";
import type { ImageDataset, ImageShape } from "./image-dataset";

/** The part of a data set that its checksums cover. */
type Content = ImageShape & Pick<ImageDataset, "pixels" | "labels">;

/** The number of bytes that are hashed at once; Node.js refuses 2^31. */
const CHUNK = 2 ** 30;

/** Computes the checksums of the pixels, with the shape of an image, and of the labels. */
export function contentChecksums(content: Content): Record<string, string> {
  const { channels, height, width, pixels, labels } = content;
  const hash = createHash("sha256").update(`${channels} ${height} ${width}\n`);
  const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  for (let start = 0; start < bytes.length; start += CHUNK) hash.update(bytes.subarray(start, start + CHUNK));
  return {
    pixels: hash.digest("hex"),
    labels: createHash("sha256").update(labels.join(" ")).digest("hex"),
  };
}

/**
 * Returns the checksums that identify a data set: its own checksums or, if it has none because it was not read
 * from files, those of its pixels and labels.
 */
export function checksumsOf(dataset: Content & Pick<ImageDataset, "checksums">): ImageDataset["checksums"] {
  return Object.keys(dataset.checksums).length > 0 ? dataset.checksums : contentChecksums(dataset);
}
