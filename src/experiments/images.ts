import { requireInteger } from "../numerics/arguments";

/** A range of images, which have the indices first, first + step, …, up to last. */
export interface ImageRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** The exclusive upper limit of the indices of images. */
export const INDEX_LIMIT: number = 2 ** 31;

/**
 * Writes indices of images as text. "5" stands for one image, "7-20" for the images from 7 to 20, and
 * "0-9980:20" for every 20th image from 0 to 9980; several such items are separated by commas. Three or more
 * evenly spaced indices are always written as a range, so that equal indices always give the same text.
 *
 * @param indices - the indices, in ascending order
 */
export function imagesText(indices: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < indices.length;) {
    const step = indices[i + 1] - indices[i];
    let end = i + 1;
    while (indices[end] - indices[end - 1] === step) end++;
    if (end - i < 3) parts.push(String(indices[i++]));
    else {
      parts.push(`${indices[i]}-${indices[end - 1]}${step === 1 ? "" : `:${step}`}`);
      i = end;
    }
  }
  return parts.join(",");
}

/**
 * Reads a text that {@link imagesText} has written.
 *
 * @throws RangeError if the text is invalid, or if its indices are not in ascending order
 */
export function parseImages(text: string): ImageRange[] {
  let previous = -1;
  return text.split(",").map((part) => {
    const numbers = /^(\d{1,10})(?:-(\d{1,10})(?::(\d{1,10}))?)?$/.exec(part.trim());
    const [first, last, step] = [numbers?.[1], numbers?.[2] ?? numbers?.[1], numbers?.[3] ?? 1].map(Number);
    if (!(first > previous && last >= first && last < INDEX_LIMIT && step >= 1)) {
      throw new RangeError(
        `images must be indices in ascending order such as ${IMAGES_EXAMPLE}, got "${text}"`,
      );
    }
    previous = last - ((last - first) % step);
    return { first, last: previous, step };
  });
}

/** An example of the text that {@link parseImages} reads. */
export const IMAGES_EXAMPLE = '"0,5,7-20,100-200:20"';

/** Returns the number of images in the ranges. */
export function countImages(ranges: readonly ImageRange[]): number {
  return ranges.reduce((sum, { first, last, step }) => sum + (last - first) / step + 1, 0);
}

/** Yields the indices in the ranges, one after another. */
export function* eachImage(ranges: readonly ImageRange[]): Generator<number> {
  for (const { first, last, step } of ranges) {
    for (let index = first; index <= last; index += step) yield index;
  }
}

/** Returns the largest step that divides every index, or 0 if the only index is 0. */
export function commonStep(ranges: readonly ImageRange[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const ofRange = ({ first, last, step }: ImageRange): number => divisor(first, last > first ? step : 0);
  return ranges.reduce((common, range) => divisor(common, ofRange(range)), 0);
}

/** One part of a run that is split into `count` parts; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** @throws RangeError unless 1 ≤ index ≤ count */
export function requireShard({ index, count }: Shard): void {
  requireInteger("the number of shards", count, 1);
  requireInteger("shard", index, 1, count);
}

/** Returns the name of a shard, for example "2/8". */
export function shardName({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/**
 * Yields the items of a run that belong to one shard. Each shard consists of every `count`-th item, so that
 * all shards take about the same time.
 *
 * @throws RangeError unless 1 ≤ index ≤ count
 */
export function* itemsOfShard<T>(items: Iterable<T>, shard: Shard = { index: 1, count: 1 }): Generator<T> {
  requireShard(shard);
  const { index, count } = shard;
  let position = 0;
  for (const item of items) if (position++ % count === index - 1) yield item;
}
