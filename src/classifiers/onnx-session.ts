import { InferenceSession, listSupportedBackends } from "onnxruntime-node";

/** Where ONNX Runtime computes: the processor, a graphics card by WebGPU, or one by CUDA. */
export type Device = "cpu" | "webgpu" | "cuda";

/** ONNX Runtime's names of what computes on each device. */
export const EXECUTION_PROVIDERS: Readonly<Record<Device, string>> = {
  cpu: "CPUExecutionProvider",
  webgpu: "WebGpuExecutionProvider",
  cuda: "CUDAExecutionProvider",
};

/**
 * Opens an ONNX model on a device.
 *
 * @param file - its name in errors
 * @param threads - threads that one batch is computed with, on the processor
 * @param isStrict - whether every operator has to run on the device; else those that it lacks run on the processor
 * @throws Error if the device is not available, or the bytes are no model
 */
export async function openSession(
  file: string,
  bytes: Uint8Array,
  device: Device,
  threads: number,
  isStrict: boolean = false,
): Promise<InferenceSession> {
  if (!Object.hasOwn(EXECUTION_PROVIDERS, device)) {
    const names = Object.keys(EXECUTION_PROVIDERS).join(", ");
    throw new RangeError(`device must be one of ${names}, got "${String(device)}"`);
  }
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      ...(isStrict && { extra: { session: { disable_cpu_ep_fallback: "1" } } }),
      logSeverityLevel: 4, // what goes wrong is said by the error, in one line
    });
  } catch (error) {
    // Some messages begin with the place in the source of ONNX Runtime that found the condition false.
    const reason = (error as Error).message.split("\n")[0].replace(/^.* was false\. /, "");
    if (device !== "cpu" && (await isModel(bytes))) {
      throw new Error(`device ${device} is not available: ${reason} (cpu always is; ${offered()})`, {
        cause: error,
      });
    }
    throw new Error(`${file}: is no model that ONNX Runtime can run: ${reason}`, { cause: error });
  }
}

/** The names of what computes a model on a device: the processor too, for operators that the device lacks. */
export async function providersOf(file: string, bytes: Uint8Array, device: Device): Promise<string> {
  if (device === "cpu") return EXECUTION_PROVIDERS.cpu;
  const session = await openSession(file, bytes, device, 1, true).catch(() => undefined);
  await session?.release();
  return session ? EXECUTION_PROVIDERS[device] : `${EXECUTION_PROVIDERS[device]}, ${EXECUTION_PROVIDERS.cpu}`;
}

async function isModel(bytes: Uint8Array): Promise<boolean> {
  return InferenceSession.create(bytes).then(
    () => true,
    () => false,
  );
}

function offered(): string {
  const names = listSupportedBackends().map(
    ({ name, bundled }) => `${name}${bundled ? "" : " if installed"}`,
  );
  return `ONNX Runtime here offers ${names.join(", ")}`;
}
