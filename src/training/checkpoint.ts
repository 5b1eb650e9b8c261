import { createHash } from "node:crypto";
import { z } from "zod";
import { readRegularFile } from "../files/read-regular-file";
import type { Difference } from "../files/first-difference";
import { writeWhole } from "../files/write-whole";
import type { WeightValues } from "./network";
import type { EpochLog } from "./training-options";

/** Where a training is, apart from its weights. */
export interface TrainingPosition {
  /** Epochs that are done. */
  log: EpochLog[];
  /** Steps of the present epoch that are done, and their sums. */
  step: number;
  lossSum: number;
  correct: number;
  seconds: number;
}

/** All that a training needs to go on. */
export interface Checkpoint {
  /** What determines the training, as plain JSON: options, data, backend. */
  configuration: object;
  position: TrainingPosition;
  weights: WeightValues;
  /** The velocity of momentum of each trainable weight; none when the training is finished. */
  velocities: WeightValues;
}

const FORMAT = "idrs checkpoint 1";
const CHECKSUM_BYTES = 32;
const LARGEST_CHECKPOINT = 2 ** 31;

/**
 * Writes a checkpoint as one file: a line of JSON, the weights and velocities as 32-bit numbers, and the SHA-256 of
 * both. It replaces the previous file atomically, so a training killed at any instant keeps one of the two.
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { configuration, position, weights, velocities } = checkpoint;
  const shapes = (values: WeightValues) => [...values].map(([name, { shape }]) => ({ name, shape }));
  const header = {
    format: FORMAT,
    configuration,
    position,
    weights: shapes(weights),
    velocities: shapes(velocities),
  };
  const parts: Uint8Array[] = [Buffer.from(`${JSON.stringify(header)}\n`)];
  for (const { values } of [...weights.values(), ...velocities.values()]) parts.push(littleEndian(values));
  const body = Buffer.concat(parts);
  await writeWhole(path, Buffer.concat([body, sha256(body)]));
}

/**
 * Reads a checkpoint.
 *
 * @returns it, with the checksum of the file; undefined if there is no such file
 * @throws Error if the file is not whole
 */
export async function readCheckpoint(
  path: string,
): Promise<(Checkpoint & { readonly sha256: string }) | undefined> {
  const content = await readRegularFile(path, LARGEST_CHECKPOINT);
  if (!content) return undefined;
  const body = content.subarray(0, Math.max(content.length - CHECKSUM_BYTES, 0));
  if (!content.subarray(body.length).equals(sha256(body))) {
    throw new Error(`${path}: the checkpoint is truncated or damaged; without it the training starts afresh`);
  }
  const end = body.indexOf("\n");
  const header = headerOf(path, body.toString("utf8", 0, end));
  const declared = [...header.weights, ...header.velocities].reduce(
    (sum, { shape }) => sum + sizeOf(shape),
    0,
  );
  if (body.length - (end + 1) !== 4 * declared) {
    throw new Error(
      `${path}: holds ${body.length - (end + 1)} bytes of weights, its header says ${4 * declared}`,
    );
  }
  let at = end + 1;
  const take = (list: { name: string; shape: number[] }[]): WeightValues =>
    new Map(
      list.map(({ name, shape }) => {
        const values = new Float32Array(sizeOf(shape));
        for (let i = 0; i < values.length; i++, at += 4) values[i] = body.readFloatLE(at);
        return [name, { shape, values }];
      }),
    );
  const { configuration, position } = header;
  return {
    configuration,
    position,
    weights: take(header.weights),
    velocities: take(header.velocities),
    sha256: sha256(content).toString("hex"),
  };
}

const count = z.int().nonnegative();
const weightList = z.array(z.object({ name: z.string(), shape: z.array(count) }));

const headerSchema = z.object({
  format: z.literal(FORMAT),
  configuration: z.looseObject({}),
  position: z.object({
    log: z.array(
      z.object({
        epoch: count,
        learningRate: z.number(),
        loss: z.number(),
        accuracy: z.number(),
        seconds: z.number(),
      }),
    ),
    step: count,
    lossSum: z.number(),
    correct: count,
    seconds: z.number(),
  }),
  weights: weightList,
  velocities: weightList,
});

/** The header of a checkpoint. Its checksum does not tell who wrote it. */
function headerOf(path: string, text: string): z.infer<typeof headerSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: is not a checkpoint: its header is not valid JSON`, { cause: error });
  }
  const { data, error } = headerSchema.safeParse(json);
  if (data !== undefined) return data;
  const where = error.issues[0].path.join(".");
  throw new Error(
    `${path}: is not a checkpoint of the format "${FORMAT}": ${where || "its header"} is invalid`,
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Weights to start with, and the checksum of the file that they are from. */
export interface StartWeights {
  readonly weights: WeightValues;
  readonly sha256: string;
}

/**
 * Reads the weights of a checkpoint of another training.
 *
 * @throws Error if it is missing or damaged
 */
export async function readStart(path: string): Promise<StartWeights> {
  const checkpoint = await readCheckpoint(path);
  if (!checkpoint) throw new Error(`${path}: there is no such checkpoint`);
  const { weights, sha256 } = checkpoint;
  return { weights, sha256 };
}

/** A difference between two configurations, such as "epochs is 3, and was 2". */
export function differenceInWords({ path, one, other }: Difference): string {
  return `${path} is ${JSON.stringify(other)}, and was ${JSON.stringify(one)}`;
}

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  return bytes;
}

function sha256(body: Uint8Array): Buffer {
  return createHash("sha256").update(body).digest();
}
