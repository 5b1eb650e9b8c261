import type * as OnnxRuntime from "onnxruntime-node";
import { loadOptional } from "../files/optional-package";

let runtime: Promise<typeof OnnxRuntime> | undefined;

/**
 * ONNX Runtime, loaded on first use: on some machines (Macs with Intel's processors, Alpine Linux) it has no binary, and
 * all but ONNX models runs there.
 *
 * @throws Error if it is not installed or does not load here
 */
export function onnxRuntime(): Promise<typeof OnnxRuntime> {
  runtime ??= loadOptional<typeof OnnxRuntime>("onnxruntime-node", "ONNX models").then((loaded) => {
    loaded.env.logLevel = "fatal"; // what goes wrong is said by the error, in one line
    return loaded;
  });
  return runtime;
}
