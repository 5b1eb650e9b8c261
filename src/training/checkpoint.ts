import { createHash } from "node:crypto";
import { z } from "zod";
import { readRegularFile } from "../files/read-regular-file";
import type { Difference } from "../files/first-difference";
import { writeWhole } from "../files/write-whole";
import type { WeightValues } from "./network";
import type { EpochLog } from "./training-options";

/** The position of a training run, without its weights. */
export interface TrainingPosition {
  /** The log of the finished epochs. */
  log: EpochLog[];
  /** The number of finished steps of the current epoch, and the sums over these steps. */
  step: number;
  lossSum: number;
  correct: number;
  seconds: number;
}

/** Everything that a training run needs to resume. */
export interface Checkpoint {
  /** Everything that determines the training run, as plain JSON: options, data and backend. */
  configuration: object;
  position: TrainingPosition;
  weights: WeightValues;
  /**
   * The velocity (momentum) of each trainable weight. There are no velocities once the training is finished.
   */
  velocities: WeightValues;
}

const FORMAT = "idrs checkpoint 1";
const CHECKSUM_BYTES = 32;
const LARGEST_CHECKPOINT = 2 ** 31;

/**
 * Writes a checkpoint as one file: a line of JSON, the weights and velocities as 32-bit numbers, and the
 * SHA-256 of everything before it. The new file replaces the previous one atomically, so even if the training
 * run is killed, an intact checkpoint remains.
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
 * @returns the checkpoint with the checksum of its file; undefined if there is no such file
 * @throws Error if the file is incomplete or damaged
 */
export async function readCheckpoint(
  path: string,
): Promise<(Checkpoint & { readonly sha256: string }) | undefined> {
  const content = await readRegularFile(path, LARGEST_CHECKPOINT);
  if (!content) return undefined;
  const body = content.subarray(0, Math.max(content.length - CHECKSUM_BYTES, 0));
  if (!content.subarray(body.length).equals(sha256(body))) {
    throw new Error(`${path}: the checkpoint is truncated or damaged; remove it to start the training again`);
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

/**
 * Reads and checks the header of a checkpoint. The check is needed because a checksum does not prove who wrote
 * the file.
 */
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

/** Initial weights, and the checksum of the file from which they were read. */
export interface StartWeights {
  readonly weights: WeightValues;
  readonly sha256: string;
}

/**
 * Reads the weights from the checkpoint of another training run.
 *
 * @throws Error if the checkpoint is missing or damaged
 */
export async function readStart(path: string): Promise<StartWeights> {
  const checkpoint = await readCheckpoint(path);
  if (!checkpoint) throw new Error(`${path}: there is no such checkpoint`);
  const { weights, sha256 } = checkpoint;
  return { weights, sha256 };
}

/** Describes a difference between two configurations, for example "epochs is 3, and was 2". */
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
