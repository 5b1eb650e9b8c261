import type { ModelMessage } from "./onnx-file";
import { operatorsOf } from "./walk";

/**
 * Operators whose values cannot depend on the size of a batch or the number of threads: they arrange values, take one
 * value to one value, or add integers. Sums of floats are rounded in an order that may depend on both.
 */
const EXACT: Readonly<Record<string, readonly string[]>> = {
  "": [
    ...["Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Identity", "MaxPool"],
    ...["Add", "Sub", "Mul", "Div", "Relu", "Clip"],
    ...["QuantizeLinear", "DequantizeLinear", "QLinearConv", "QLinearMatMul"],
  ],
  "com.microsoft": [
    ...["QuantizeLinear", "DequantizeLinear", "QLinearConv", "QGemm", "NhwcMaxPool"],
    ...["QLinearAdd", "QLinearMul", "QLinearAveragePool", "QLinearGlobalAveragePool"],
  ],
};

/**
 * Whether the values that a model gives for one input cannot depend on the size of the batch or the number of threads.
 *
 * @param model - as ONNX Runtime runs it, after all of its rewriting
 */
export function isExact(model: ModelMessage): boolean {
  return [...operatorsOf(model)].every(
    ({ domain, opType }) =>
      Object.hasOwn(EXACT, standard(domain)) && EXACT[standard(domain)].includes(opType),
  );
}

/** Whether a model has operators of quantization. */
export function isQuantized(model: ModelMessage): boolean {
  return [...operatorsOf(model)].some(({ opType }) => isQuantization(opType));
}

/** Whether an operator is one of quantization. */
export function isQuantization(opType: string): boolean {
  return /^Q[A-Z]|Quantize|Integer/.test(opType);
}

function standard(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}
