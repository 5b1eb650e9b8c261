/**
 * Runs in a worker thread: makes noisy copies for a device that computes faster than one thread can make
 * them.
 */
import { Tinypool } from "tinypool";
import { noisyCopies, type NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/** Makes noisy copies of an input and transfers them without copying their memory. */
export default function copiesOf(task: {
  readonly input: NoisyInput;
  readonly samples: SampleRange;
}): unknown {
  const copies = noisyCopies(task.input, task.samples).slice();
  return Tinypool.move(copies);
}
