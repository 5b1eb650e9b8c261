import type { InferenceSession } from "onnxruntime-node";
import { onnxRuntime } from "../onnx/onnx-runtime";
import { type Device, EXECUTION_PROVIDERS } from "./device";

/** A model that ONNX Runtime can open. */
interface RunnableModel {
  /** The name of the model in errors. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly device: Device;
}

/**
 * Opens an ONNX model on the device that the model's options name.
 *
 * @param threads - the number of threads that compute one batch on the CPU
 * @param options - further options of ONNX Runtime
 * @throws Error if ONNX Runtime does not load, if the device is not available, or if the bytes are not a
 *   model
 */
export async function openSession(
  { path, bytes, device }: RunnableModel,
  threads: number,
  options: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  const runtime = await onnxRuntime();
  try {
    return await runtime.InferenceSession.create(bytes, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      ...options,
    });
  } catch (error) {
    // Some error messages begin with the place in ONNX Runtime's source code at which a check failed.
    const reason = (error as Error).message.split("\n")[0].replace(/^.* was false\. /, "");
    if (device !== "cpu" && (await isModel(bytes))) {
      throw new Error(`device ${device} is not available: ${reason} (cpu always is; ${await offered()})`, {
        cause: error,
      });
    }
    throw new Error(`${path}: is not a model that ONNX Runtime can run: ${reason}`, { cause: error });
  }
}

/**
 * Returns the names of the execution providers that compute a model. If the device does not support an
 * operator of the model, the names include the provider of the CPU.
 */
export async function providersOf(model: RunnableModel): Promise<string> {
  const { device } = model;
  if (device === "cpu") return EXECUTION_PROVIDERS.cpu;
  const onlyThere = { extra: { session: { disable_cpu_ep_fallback: "1" } } };
  const session = await openSession(model, 1, onlyThere).catch(() => undefined);
  await session?.release();
  return session ? EXECUTION_PROVIDERS[device] : `${EXECUTION_PROVIDERS[device]}, ${EXECUTION_PROVIDERS.cpu}`;
}

async function isModel(bytes: Uint8Array): Promise<boolean> {
  return (await onnxRuntime()).InferenceSession.create(bytes).then(
    () => true,
    () => false,
  );
}

async function offered(): Promise<string> {
  const names = (await onnxRuntime())
    .listSupportedBackends()
    .map(({ name, bundled }) => `${name}${bundled ? "" : " if installed"}`);
  return `ONNX Runtime here offers ${names.join(", ")}`;
}
