import { InvalidArgumentError } from "commander";

/** Reads the value of an option as a finite number. */
export function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number.");
  return value;
}

/** Reads the value of an option as an integer of at least 0. */
export function countOption(text: string): number {
  const value = numberOption(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError("expected an integer of at least 0.");
  }
  return value;
}
