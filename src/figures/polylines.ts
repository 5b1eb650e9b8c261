import type { Segment } from "../toy/exact-smoothing";
import { GAP, type Point } from "./marks";

/** Joins segments that share an end into lines, with gaps between the lines. */
export function chained(segments: readonly Segment[]): Point[] {
  const key = ([x, y]: Point): string => `${x} ${y}`;
  const at = new Map<string, Set<Segment>>();
  for (const segment of segments) {
    for (const end of segment) at.set(key(end), (at.get(key(end)) ?? new Set()).add(segment));
  }
  const left = new Set(segments);
  /** Follows the line from an end, as long as there is an unused segment. */
  const follow = (end: Point): Point[] => {
    const path: Point[] = [];
    for (;;) {
      const next = [...(at.get(key(end)) ?? [])].find((segment) => left.has(segment));
      if (!next) return path;
      left.delete(next);
      end = key(next[0]) === key(end) ? next[1] : next[0];
      path.push(end);
    }
  };
  return segments.flatMap((segment): Point[] => {
    if (!left.delete(segment)) return [];
    const [a, b] = segment;
    const forward = follow(b);
    return [...follow(a).reverse(), a, b, ...forward, GAP];
  });
}
