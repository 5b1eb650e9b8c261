/** A whole number as text, with commas from 10,000 upward: "9980", "10,000". */
export function countText(value: number): string {
  return value < 10_000 ? String(value) : value.toLocaleString("en-US");
}
