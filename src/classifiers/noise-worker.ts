/**
 * The program of a worker thread that makes noisy copies for a device, because one thread cannot make noisy
 * copies as fast as the device classifies them.
 */
import { Tinypool } from "tinypool";
import { noisyCopies, type NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/** Makes noisy copies of an input and transfers the noisy copies to the caller without copying memory. */
export default function copiesOf(task: {
  readonly input: NoisyInput;
  readonly samples: SampleRange;
}): unknown {
  const copies = noisyCopies(task.input, task.samples).slice();
  return Tinypool.move(copies);
}
