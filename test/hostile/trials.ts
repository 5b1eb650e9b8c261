/** Hostile inputs, tried in this process: each gives a clear error or is rightly accepted, and nothing else. */
import { CommanderError } from "commander";
import { vi } from "vitest";
import { idrsProgram, oneLine } from "../../src/cli/program";

/** What may come of an input: an error only, or also a value, which then has to be whole. */
export interface Trial {
  readonly name: string;
  readonly run: () => unknown;
  /** A text that the error has to have: the file or the option. */
  readonly names?: string;
  /** Whether it may be accepted; it has to be checked by `run` then. Default: false. */
  readonly mayPass?: boolean;
}

export interface Tally {
  errors: number;
  accepted: number;
  /** What is neither a clear error nor rightly accepted. */
  readonly wrong: string[];
}

/** Words of an error that nobody wrote: of the engine, or of a value that was not looked at. */
const UNWRITTEN =
  /\[object |undefined|Cannot (read|destructure|convert|mix|access|set)|is not (a function|iterable|defined|a constructor)|^\s+at |Maximum call stack|Invalid (array|typed array|string) length|Array buffer allocation|out of memory|ERR_|out of range\. It must|offset is outside|Cannot perform/m;

/** Why the text of an error is not clear; undefined if it is. */
export function unclear(message: string, names: string = ""): string | undefined {
  if (message.trim() === "") return "says nothing";
  if (/[\r\n]/.test(message.trim())) return "has several lines";
  if (message.length > 1500) return `has ${message.length} characters`;
  if (UNWRITTEN.test(message)) return "is the engine's";
  return message.includes(names) ? undefined : `does not name ${names}`;
}

export async function tryAll(trials: readonly Trial[], tally: Tally): Promise<void> {
  for (const { name, run, names, mayPass = false } of trials) {
    try {
      await run();
      if (mayPass) tally.accepted++;
      else tally.wrong.push(`${name}: accepted`);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const reason = unclear(oneLine(message), names);
      if (reason === undefined) tally.errors++;
      else tally.wrong.push(`${name}: the error ${reason}: ${JSON.stringify(message.slice(0, 300))}`);
    }
  }
}

/**
 * Runs a command as the shell would. What it prints is kept from the terminal.
 *
 * @throws Error with all that is printed of the error
 */
export async function idrs(...args: string[]): Promise<string> {
  let [out, err] = ["", ""];
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true)),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true)),
    vi.spyOn(console, "log").mockImplementation((...texts) => void (out += `${texts.join(" ")}\n`)),
    vi.spyOn(console, "error").mockImplementation((...texts) => void (err += `${texts.join(" ")}\n`)),
    vi.spyOn(console, "warn").mockImplementation((...texts) => void (err += `${texts.join(" ")}\n`)),
  ];
  try {
    await idrsProgram().parseAsync(args, { from: "user" });
    return out;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return out;
    throw new Error(err.trim(), { cause: error });
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
}

/** Numbers in [0, 1), the same in each run. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Damaged copies of a file: cut off, longer, and with bytes changed. */
export function damaged(content: Uint8Array, count: number, seed: number = 1): [name: string, Buffer][] {
  const next = uniform(seed);
  const at = (): number => Math.floor(next() * content.length);
  // Most of what a reader trusts is at the two ends.
  const near = (): number => {
    const distance = Math.floor(next() * Math.min(200, content.length));
    return next() < 0.7 ? distance : content.length - 1 - distance;
  };
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return ["empty", Buffer.alloc(0)];
    if (i === 1) return ["longer", Buffer.concat([content, Buffer.from("more")])];
    if (i % 3 === 0) {
      const length = at();
      return [`cut to ${length} bytes`, Buffer.from(content.subarray(0, length))];
    }
    const copy = Buffer.from(content);
    const places = Array.from({ length: 1 + (i % 4) }, near);
    for (const place of places) copy[place] = [0, 255, 127, 128, Math.floor(next() * 256)][i % 5];
    return [`bytes ${places.join(", ")} changed`, copy];
  });
}

/** Values that nobody expects. */
export const STRANGE: readonly unknown[] = [null, -1, 1.5, 1e300, "", "constructor", true, [], {}, [null]];

/** Copies of a JSON value with one of its parts replaced or left out, for each part. */
export function* altered(
  value: unknown,
  strange: readonly unknown[] = STRANGE,
  path: string = "",
): Generator<[name: string, unknown]> {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const old = (value as Record<string, unknown>)[key];
    const replaced = (by: unknown): unknown =>
      Array.isArray(value)
        ? value.map((item, i) => (String(i) === key ? by : item))
        : { ...value, [key]: by };
    for (const by of strange) {
      if (JSON.stringify(by) !== JSON.stringify(old))
        yield [`${path}${key}: ${JSON.stringify(by)}`, replaced(by)];
    }
    const { [key]: _, ...others } = value as Record<string, unknown>;
    if (!Array.isArray(value)) yield [`${path}without ${key}`, others];
    for (const [name, inner] of altered(old, strange, `${path}${key}.`)) yield [name, replaced(inner)];
  }
}
