import { dirname, join } from "node:path";
import type * as Wasm from "@tensorflow/tfjs-backend-wasm";
import { loadOptional } from "../files/optional-package";
import { registerFastGradients } from "./gradients";
import type { Tf } from "./tf";
import type { TensorFlowBackend } from "./training-options";

/**
 * Loads TensorFlow.js with the fastest backend that works on this machine: native TensorFlow if the addon of
 * `@tensorflow/tfjs-node` loads, otherwise WebAssembly.
 *
 * @param backend - the required backend; by default the fastest backend available
 * @param quiet - whether to suppress the messages of native TensorFlow while it is loaded
 * @throws Error if the required backend is not available
 */
export async function loadTensorFlow(backend?: TensorFlowBackend, quiet: boolean = false): Promise<Tf> {
  if (backend !== "wasm") {
    const native = await (quiet ? silently(loadNative) : loadNative());
    if (native) return native;
    if (backend === "tensorflow") {
      throw new Error(
        `native TensorFlow is not available: @tensorflow/tfjs-node is not installed or has no binary ` +
          `("npm rebuild @tensorflow/tfjs-node --ignore-scripts=false" gets it where the network allows)`,
      );
    }
  }
  const tf = await loadOptional<Tf>("@tensorflow/tfjs", "training runs");
  const wasm = await loadOptional<typeof Wasm>("@tensorflow/tfjs-backend-wasm", "training runs");
  wasm.setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/"));
  if (!(await tf.setBackend("wasm")))
    throw new Error("the WebAssembly backend of TensorFlow.js did not start");
  registerFastGradients(tf);
  return tf;
}

async function loadNative(): Promise<Tf | undefined> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // hides TensorFlow's notes on CPU features
  try {
    const tf = await loadOptional<Tf>("@tensorflow/tfjs-node", "training runs");
    if (!(await tf.setBackend("tensorflow"))) return undefined;
    registerFastGradients(tf);
    return tf;
  } catch {
    return undefined; // an optional peer dependency: absent, or without its binary
  }
}

/**
 * Does some work, and suppresses what JavaScript writes to standard output and standard error in the meantime.
 */
async function silently<T>(work: () => Promise<T>): Promise<T> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  for (const stream of streams) stream.write = () => true;
  try {
    return await work();
  } finally {
    streams.forEach((stream, i) => (stream.write = writes[i]));
  }
}
