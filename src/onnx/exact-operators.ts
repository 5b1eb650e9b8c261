import type { ModelMessage } from "./onnx-file";
import { operatorsOf } from "./walk";

/**
 * Operators whose results cannot depend on the batch size or the number of threads, because they rearrange
 * values, map single values, or add integers. In a sum of floats, the order of the additions, and therefore the
 * rounding, may depend on the batch size and the number of threads.
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
 * Returns whether a model's results for one input are independent of the batch size and the number of threads.
 *
 * @param model - the model as ONNX Runtime runs it, after all rewriting
 */
export function isExact(model: ModelMessage): boolean {
  return [...operatorsOf(model)].every(
    ({ domain, opType }) =>
      Object.hasOwn(EXACT, standard(domain)) && EXACT[standard(domain)].includes(opType),
  );
}

/** Returns whether a model has quantization operators. */
export function isQuantized(model: ModelMessage): boolean {
  return [...operatorsOf(model)].some(({ opType }) => isQuantization(opType));
}

/** Returns whether an operator is a quantization operator. */
export function isQuantization(opType: string): boolean {
  return /^Q[A-Z]|Quantize|Integer/.test(opType);
}

function standard(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}
