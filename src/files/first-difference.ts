/** Where two values differ first. */
export interface Difference {
  /** The keys that lead there, such as "dataset.count". */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/** The first difference between two plain JSON values; undefined if they are equal. Keys may come in any order. */
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
