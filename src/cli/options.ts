import { InvalidArgumentError } from "commander";
import { type ImageRange, IMAGES_EXAMPLE, parseImages, type Shard } from "../experiments/images";
import { DOUBLES, isBeyondDoubles, roundsToOne } from "../numerics/arguments";
import { probabilityDown, probabilityUp } from "../numerics/rounded-down";

/**
 * Reads the value of an option as a finite number. A number that would become 0 or Infinity in double precision
 * is refused.
 */
export function numberOption(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("expected a number.");
  if (isBeyondDoubles(text)) throw new InvalidArgumentError(`expected ${DOUBLES}.`);
  return value;
}

/**
 * Reads p_A, rounded down. A value that rounds to 1 in double precision is refused, because p_A = 1 would give
 * an infinite radius.
 */
export function probabilityOption(text: string): number {
  numberOption(text);
  if (roundsToOne(text)) {
    throw new InvalidArgumentError(
      "it rounds to 1 in double precision; give 1 − p_A with --pb instead, for example --pb 1e-20.",
    );
  }
  return probabilityDown(text);
}

/** Reads p_B, rounded up. */
export function upperProbabilityOption(text: string): number {
  numberOption(text);
  return probabilityUp(text);
}

/** Reads the value of an option as an integer of at least 0. */
export function countOption(text: string): number {
  const value = numberOption(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError("expected an integer of at least 0.");
  }
  return value;
}

/** Reads numbers separated by commas. */
export function numbersOption(text: string): number[] {
  return text.split(",").map(numberOption);
}

/** Reads a part of a run, such as "2/8". */
export function shardOption(text: string): Shard {
  const parts = text.split("/").map(countOption);
  if (parts.length !== 2 || parts[0] < 1 || parts[0] > parts[1]) {
    throw new InvalidArgumentError("expected PART/PARTS with 1 ≤ PART ≤ PARTS.");
  }
  return { index: parts[0], count: parts[1] };
}

/** Reads indices of images, such as "0,5,7-20". */
export function imagesOption(text: string): ImageRange[] {
  try {
    return parseImages(text);
  } catch {
    throw new InvalidArgumentError(`expected indices in ascending order such as ${IMAGES_EXAMPLE}.`);
  }
}

/** Reads a file and a number, such as "model.onnx:0.25". */
export function fileAndNumberOption(text: string): readonly [file: string, value: number] {
  const [, file, number] = /^(.+):([^:]+)$/s.exec(text) ?? [];
  if (file === undefined) throw new InvalidArgumentError("expected a file and a number: model.onnx:0.25.");
  return [file, numberOption(number)];
}
