import type * as OnnxRuntime from "onnxruntime-node";
import { loadOptional } from "../files/optional-package";

let runtime: Promise<typeof OnnxRuntime> | undefined;

/**
 * Loads ONNX Runtime on first use. ONNX Runtime has no binary for some machines (Macs with Intel CPUs, Alpine
 * Linux). On these machines, everything works except ONNX models.
 *
 * @throws Error if ONNX Runtime is not installed or does not load on this machine
 */
export function onnxRuntime(): Promise<typeof OnnxRuntime> {
  runtime ??= loadOptional<typeof OnnxRuntime>("onnxruntime-node", "ONNX models").then((loaded) => {
    loaded.env.logLevel = "fatal"; // an error message reports a failure in one line
    return loaded;
  });
  return runtime;
}
