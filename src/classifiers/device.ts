/** The device on which ONNX Runtime computes: the CPU, or a GPU through WebGPU or CUDA. */
export type Device = "cpu" | "webgpu" | "cuda";

/** The execution provider of ONNX Runtime for each device. */
export const EXECUTION_PROVIDERS: Readonly<Record<Device, string>> = {
  cpu: "CPUExecutionProvider",
  webgpu: "WebGpuExecutionProvider",
  cuda: "CUDAExecutionProvider",
};

/** @throws RangeError if a device is unknown */
export function checkDevice(device: Device): void {
  if (Object.hasOwn(EXECUTION_PROVIDERS, device)) return;
  const names = Object.keys(EXECUTION_PROVIDERS).join(", ");
  throw new RangeError(`device must be one of ${names}, got "${String(device)}"`);
}
