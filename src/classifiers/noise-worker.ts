/** Runs in a worker thread: noisy copies for a device that computes faster than one thread makes them. */
import { Tinypool } from "tinypool";
import { noisyCopies, type NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/** Noisy copies of an input, handed over without being copied. */
export default function copiesOf(task: {
  readonly input: NoisyInput;
  readonly samples: SampleRange;
}): unknown {
  const copies = noisyCopies(task.input, task.samples).slice();
  return Tinypool.move(copies);
}
