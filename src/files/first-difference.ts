/** The first difference between two values. */
export interface Difference {
  /** The keys that lead to the difference, for example "dataset.count". */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/**
 * Finds the first difference between two plain JSON values. Returns undefined if the values are equal. The
 * order of keys does not matter.
 */
export function firstDifference(one: unknown, other: unknown, path: string = ""): Difference | undefined {
  if (!isObject(one) || !isObject(other)) return one === other ? undefined : { path, one, other };
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const difference = firstDifference(one[key], other[key], path ? `${path}.${key}` : key);
    if (difference) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
