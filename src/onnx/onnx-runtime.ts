import type * as OnnxRuntime from "onnxruntime-node";
import { loadOptional } from "../files/optional-package";

let runtime: Promise<typeof OnnxRuntime> | undefined;

/**
 * Loads ONNX Runtime on first use. On some machines (Macs with Intel CPUs, Alpine Linux) it has no binary;
 * everything except ONNX models works there.
 *
 * @throws Error if it is not installed or does not load on this machine
 */
export function onnxRuntime(): Promise<typeof OnnxRuntime> {
  runtime ??= loadOptional<typeof OnnxRuntime>("onnxruntime-node", "ONNX models").then((loaded) => {
    loaded.env.logLevel = "fatal"; // the error reports a failure in one line
    return loaded;
  });
  return runtime;
}
