import { requireInteger } from "../numerics/arguments";

/** A part of a run: number `index`, from 1, of `count` parts. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** A shard as "2/8". */
export function shardName({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/**
 * The positions 0 … total − 1 that a shard has: every `count`-th, so that all shards take about the same time.
 *
 * @throws RangeError unless 1 ≤ index ≤ count
 */
export function positionsOfShard(total: number, shard: Shard = { index: 1, count: 1 }): number[] {
  const { index, count } = shard;
  requireInteger("the number of shards", count, 1);
  requireInteger("shard", index, 1);
  if (index > count) throw new RangeError(`shard must be at most ${count}, got ${index}`);
  const positions = [];
  for (let position = index - 1; position < total; position += count) positions.push(position);
  return positions;
}
