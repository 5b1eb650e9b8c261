import { createHash } from "node:crypto";
import type { ImageDataset } from "./image-dataset";

/** The part of a data set that its checksums cover. */
type Content = Pick<ImageDataset, "pixels" | "labels">;

/** Computes the checksums of pixels and labels. */
export function contentChecksums({ pixels, labels }: Content): Record<string, string> {
  const sha256 = (content: NodeJS.ArrayBufferView | string): string =>
    createHash("sha256").update(content).digest("hex");
  return { pixels: sha256(pixels), labels: sha256(labels.join(" ")) };
}

/**
 * Returns the checksums that identify a data set: its own checksums or, if it has none because it was not read
 * from files, those of its pixels and labels.
 */
export function checksumsOf(dataset: Content & Pick<ImageDataset, "checksums">): ImageDataset["checksums"] {
  return Object.keys(dataset.checksums).length > 0 ? dataset.checksums : contentChecksums(dataset);
}
