import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxRuntime } from "./onnx-runtime";

/**
 * Rewrites a model with fewer operators, all of them from the ONNX standard. ONNX Runtime folds constants,
 * folds batch normalization into the convolution before it, joins a matrix product with the addition of a
 * bias, and removes operators without effect.
 *
 * @param model - the contents of an ONNX file
 * @throws Error if ONNX Runtime does not load, or if it cannot run the model
 */
export async function simplify(model: Uint8Array): Promise<Uint8Array> {
  const { InferenceSession } = await onnxRuntime();
  const folder = await mkdtemp(join(tmpdir(), "idrs-"));
  try {
    const optimizedModelFilePath = join(folder, "model.onnx");
    const session = await InferenceSession.create(model, {
      graphOptimizationLevel: "basic",
      optimizedModelFilePath,
      logSeverityLevel: 4,
    });
    await session.release();
    return await readFile(optimizedModelFilePath);
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Error(`is not a model that ONNX Runtime can run: ${reason}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
