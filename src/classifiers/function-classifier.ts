import { requireInteger } from "../numerics/arguments";
import type { BaseClassifier } from "./base-classifier";
import { requireOptions } from "../numerics/options";

/** The description of a base classifier that is given by a function. */
interface Description {
  /**
   * The name of the classifier in records. Give another name to a function that you change: an interrupted run
   * does not notice every change.
   */
  readonly name: string;
  /** The input dimension N. */
  readonly dimension: number;
  /** The number of classes, at most 2^31. */
  readonly classCount: number;
  /**
   * The number L of levels per unit to which inputs are rounded; see {@link BaseClassifier.levels}. Default:
   * 255.
   */
  readonly levels?: number;
}

/** A base classifier given by a function of one input. */
export interface FunctionClassifierOptions extends Description {
  /** Returns the class of one input. The class must depend only on this input. */
  readonly classOf: (x: Float32Array) => number | bigint;
}

/** A base classifier given by a function of a batch. */
export interface BatchClassifierOptions extends Description {
  /**
   * Returns the class of each of the `batchSize` inputs in a batch. The inputs are stored one after another,
   * and the class of an input must depend only on this input. The result is a list of numbers or bigints (for
   * example an int64 argmax). Calls do not overlap: each call starts after the previous call has finished.
   */
  readonly classesOf: (batch: Float32Array) => Promise<ClassList> | ClassList;
  /**
   * The number of inputs in every batch; an incomplete batch is padded with copies of the first input.
   * Default: 256.
   */
  readonly batchSize?: number;
}

/** The classes of a batch. */
type ClassList = ArrayLike<number | bigint>;

/** The default number of inputs in a batch. */
const BATCH_SIZE = 256;

/** The maximum number of classes, because a class must fit in 31 bits. */
const MOST_CLASSES = 2 ** 31;

const DESCRIPTION = { name: true, dimension: true, classCount: true, levels: true } as const;

/**
 * Wraps a function of one input as a base classifier.
 *
 * @throws RangeError if `dimension` or `classCount` is not a positive integer. `classify` throws an Error if
 *   the function returns anything other than an integer from 0 to `classCount` − 1; the error names the
 *   function and the returned value
 * @example
 * const halves = functionClassifier({ name: "halves", dimension: 2, classCount: 2, classOf: (x) => (x[0] > 0 ? 1 : 0) });
 * await halves.classify(new Float32Array([0.5, 0, -0.5, 0])); // Uint32Array(2) [ 1, 0 ]
 */
export function functionClassifier(options: FunctionClassifierOptions): BaseClassifier {
  requireOptions("functionClassifier", options, { ...DESCRIPTION, classOf: true });
  const { classOf, ...description } = options;
  const { name, dimension, classCount, levels } = description;
  checkDescription(description);
  return {
    dimension,
    classCount,
    levels,
    identity: { name },
    async classify(batch) {
      const count = inputsIn(batch, dimension);
      const classes = new Uint32Array(count);
      for (let i = 0; i < count; i++) {
        classes[i] = checkedClass(description, classOf(batch.subarray(i * dimension, (i + 1) * dimension)));
      }
      return classes;
    },
  };
}

/**
 * Wraps a function of a batch as a base classifier. The function may be asynchronous; for example, it may
 * call a model that another program or library runs.
 *
 * The function always gets batches of the same size, so that a class cannot depend on the batch size. The
 * first batch is passed again in reverse order, and its first half without the rest. Each input must get the same
 * class again, because a function whose result depends on the rest of the batch, on the place in it or on chance is
 * not a base classifier. A function that fails this test is refused from then on.
 *
 * @throws RangeError if `dimension`, `classCount` or `batchSize` is not a positive integer. `classify` throws
 *   an Error naming the function if the function does not return a list with one class per input, if a class
 *   is not an integer from 0 to `classCount` − 1, or if classes depend on the rest of the batch
 * @example
 * const signs = (batch: Float32Array) => Array.from(batch, (value) => (value > 0 ? 1 : 0));
 * const classifier = batchClassifier({ name: "signs", dimension: 1, classCount: 2, classesOf: signs, batchSize: 64 });
 * await classifier.classify(new Float32Array([0.5, -0.5])); // Uint32Array(2) [ 1, 0 ]
 */
export function batchClassifier(options: BatchClassifierOptions): BaseClassifier {
  const { name, dimension, classCount, levels, batchSize = BATCH_SIZE } = options;
  requireOptions("batchClassifier", options, { ...DESCRIPTION, classesOf: true, batchSize: true });
  checkDescription(options);
  requireInteger("batchSize", batchSize, 1);

  let isTried = false;
  let failure: Error | undefined;
  return {
    dimension,
    classCount,
    levels,
    identity: { name, batchSize: String(batchSize) },
    batchSize,
    async classify(batch) {
      const count = inputsIn(batch, dimension);
      const classes = new Uint32Array(count);
      for (let start = 0; start < count; start += batchSize) {
        if (failure) throw failure;
        const part = batch.subarray(start * dimension, (start + batchSize) * dimension);
        const given = await classesOfBatch(options, filledUp(part, dimension, batchSize));
        if (!isTried) {
          failure = await dependence(options, part, given);
          if (failure) throw failure;
          isTried = part.length > dimension; // a single input does not show what it depends on
        }
        classes.set(given.subarray(0, part.length / dimension), start);
      }
      return classes;
    },
  };
}

/** Returns the classes of a full batch, which are checked. */
async function classesOfBatch(options: BatchClassifierOptions, batch: Float32Array): Promise<Uint32Array> {
  const { name, dimension, classesOf } = options;
  const count = batch.length / dimension;
  const given: unknown = await classesOf(batch);
  const length = typeof given === "object" ? (given as ClassList | null)?.length : undefined;
  if (length !== count) {
    const what = typeof length === "number" ? `${length} classes` : String(given);
    throw new Error(`${name} returned ${what}, expected a list of classes, one for each of ${count} inputs`);
  }
  return Uint32Array.from({ length: count }, (_, i) => checkedClass(options, (given as ClassList)[i]));
}

/**
 * Returns an error if the class of an input depends on more than the input: on its place in the batch, on the other
 * inputs or on chance.
 *
 * @param part - at least one input
 * @param classes - the classes of the inputs and of the copies of the first input that filled up the batch
 */
async function dependence(
  options: BatchClassifierOptions,
  part: Float32Array,
  classes: Uint32Array,
): Promise<Error | undefined> {
  const { name, dimension } = options;
  const batchSize = classes.length;
  const count = part.length / dimension;
  const half = Math.ceil(count / 2);
  const turned = inReverse(filledUp(part, dimension, batchSize), dimension);
  const alone = filledUp(inReverse(part.subarray(0, half * dimension), dimension), dimension, batchSize);
  const expected = classes.map((c, i) => (i < count ? c : classes[0]));
  for (const [how, others] of [
    ["at another place in its batch", classes],
    ["with its batch in reverse order", (await classesOfBatch(options, turned)).reverse()],
    ["with other inputs in its batch", (await classesOfBatch(options, alone)).slice(0, half).reverse()],
  ] as const) {
    const i = others.findIndex((c, i) => c !== expected[i]);
    if (i < 0) continue;
    return new Error(
      `${name} gave an input class ${expected[i]}, but class ${others[i]} ${how}: ` +
        `a class must depend on its input only`,
    );
  }
  return undefined;
}

function checkDescription({ dimension, classCount }: Description): void {
  requireInteger("dimension", dimension, 1);
  requireInteger("classCount", classCount, 1, MOST_CLASSES);
}

/** @throws RangeError if a batch does not hold a whole number of inputs */
function inputsIn(batch: Float32Array, dimension: number): number {
  const count = batch.length / dimension;
  if (Number.isInteger(count)) return count;
  throw new RangeError(`a batch must hold a multiple of ${dimension} values, got ${batch.length}`);
}

function checkedClass({ name, classCount }: Description, given: unknown): number {
  const c = typeof given === "bigint" ? Number(given) : given;
  if (Number.isInteger(c) && (c as number) >= 0 && (c as number) < classCount) return c as number;
  throw new Error(`${name} returned class ${shown(given)}, expected an integer from 0 to ${classCount - 1}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? Object.prototype.toString.call(value) : String(value);
}

/** Returns a copy of a batch, padded to `count` inputs with copies of the first input. */
function filledUp(batch: Float32Array, dimension: number, count: number): Float32Array {
  const filled = new Float32Array(count * dimension);
  filled.set(batch);
  const first = batch.subarray(0, dimension);
  for (let start = batch.length; start < filled.length; start += dimension) filled.set(first, start);
  return filled;
}

function inReverse(batch: Float32Array, dimension: number): Float32Array {
  const turned = new Float32Array(batch.length);
  const count = batch.length / dimension;
  for (let i = 0; i < count; i++) {
    turned.set(batch.subarray(i * dimension, (i + 1) * dimension), (count - 1 - i) * dimension);
  }
  return turned;
}
