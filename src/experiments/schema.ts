/**
 * Schemas for checking data that are read from files. Each schema says in words what is expected, and errors
 * name the key, the value and the expectation.
 */
import { z } from "zod";

/** A number that is neither infinite nor NaN. */
export const finite: z.ZodType<number> = z.number("a number");

export const nonNegative: z.ZodType<number> = z
  .number("a number of at least 0")
  .min(0, "a number of at least 0");

export const positive: z.ZodType<number> = z.number("a positive number").gt(0, "a positive number");

export const probability: z.ZodType<number> = z
  .number("a probability")
  .min(0, "a probability")
  .max(1, "a probability");

/** A number strictly between 0 and 1. */
export const fraction: z.ZodType<number> = z
  .number("a number between 0 and 1")
  .gt(0, "a number between 0 and 1")
  .lt(1, "a number between 0 and 1");

/** An integer from `least` to `most`. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const expected =
    least === most
      ? String(least)
      : most < Number.MAX_SAFE_INTEGER
        ? `an integer from ${least} to ${most}`
        : `an integer of at least ${least}`;
  return z.number(expected).int(expected).min(least, expected).max(most, expected);
}

export function text(expected: string = "a text", form: RegExp = /^/): z.ZodType<string> {
  return z.string(expected).regex(form, expected);
}

export function oneOf<T extends string>(names: readonly [T, ...T[]]): z.ZodType<T> {
  return z.enum(names, names.map((name) => `"${name}"`).join(" or ")) as unknown as z.ZodType<T>;
}

/**
 * Returns the value if it matches a schema.
 *
 * @param place - where the value is, for example a file and a line
 * @throws Error whose message is one line with the place, the key, the expectation and the value
 */
export function checkedBy<T>(schema: z.ZodType<T>, place: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${place}: ${problem(result.error.issues[0], value)}`, { cause: result.error });
}

function problem(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "unrecognized_keys") {
    return `${[...issue.path, issue.keys[0]].join(".")} is unknown`;
  }
  const name = issue.path.join(".");
  const got = issue.path.reduce((all, key) => (all as Record<PropertyKey, unknown>)[key], value);
  const expected =
    issue.code === "invalid_type" && /^Invalid/.test(issue.message) ? "an object" : issue.message;
  if (got === undefined) return `${name} is missing, expected ${expected}`;
  const shown = typeof got === "number" ? String(got) : JSON.stringify(got);
  return `${name}${name && " "}must be ${expected}, got ${shown.length <= 80 ? shown : `${shown.slice(0, 77)}…`}`;
}
