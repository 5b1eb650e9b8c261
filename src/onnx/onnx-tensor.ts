import type { TensorMessage } from "./onnx-file";

/** The numbers of the element types, by the names that ONNX Runtime uses. */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

/** Makes a constant of a graph. */
export function tensor(
  name: string,
  dims: number[],
  values: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array,
): TensorMessage {
  const rawData = new Uint8Array(values.byteLength);
  const bytes = new DataView(rawData.buffer);
  // ONNX stores raw data with the low byte first on every machine.
  if (values instanceof Float32Array) {
    values.forEach((value, i) => bytes.setFloat32(i * 4, value, true));
    return { name, dims, dataType: ELEMENT_TYPES.float32, rawData };
  }
  if (values instanceof Int32Array) {
    values.forEach((value, i) => bytes.setInt32(i * 4, value, true));
    return { name, dims, dataType: ELEMENT_TYPES.int32, rawData };
  }
  if (values instanceof BigInt64Array) {
    values.forEach((value, i) => bytes.setBigInt64(i * 8, value, true));
    return { name, dims, dataType: ELEMENT_TYPES.int64, rawData };
  }
  rawData.set(values);
  return {
    name,
    dims,
    dataType: values instanceof Int8Array ? ELEMENT_TYPES.int8 : ELEMENT_TYPES.uint8,
    rawData,
  };
}

/**
 * Returns the values of a single-precision constant.
 *
 * @throws Error if the number of values does not match the shape
 */
export function floatValues({ name, dims, floatData = [], rawData }: TensorMessage): Float32Array {
  const count = dims.map(Number).reduce((product, length) => product * length, 1);
  const raw = rawData && rawData.length > 0;
  const given = raw ? rawData.length / 4 : floatData.length;
  if (given !== count) throw new Error(`the weight ${name} has ${given} values, expected ${count}`);
  if (!raw) return Float32Array.from(floatData);
  const bytes = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Float32Array.from({ length: count }, (_, i) => bytes.getFloat32(i * 4, true));
}

/** Returns the values of an int8 constant, or undefined if it is not an int8 constant. */
export function int8Values(constant: TensorMessage | undefined): Int8Array | undefined {
  if (constant?.dataType !== ELEMENT_TYPES.int8 || constant.dataLocation === 1) return undefined;
  const { int32Data = [], rawData } = constant;
  return Int8Array.from(rawData && rawData.length > 0 ? rawData : int32Data);
}
