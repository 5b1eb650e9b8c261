import type { ModelMessage, NodeMessage } from "./onnx-file";
import { int8Values } from "./onnx-tensor";
import { LARGEST_WEIGHT } from "./quantization-plan";
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

/** Operators that sum products with weights. The weights are the input number {@link WEIGHT_INPUT}. */
const WEIGHTED = ["QLinearConv", "QLinearMatMul", "QGemm"];
const WEIGHT_INPUT = 3;

/**
 * Returns whether a model's results for one input are independent of the batch size, the number of threads and
 * the CPU: all operators are exact, and all weights are int8 constants that are so small that no sum saturates
 * (see `LARGEST_WEIGHT`).
 *
 * @param model - the model as ONNX Runtime runs it, after all rewriting
 */
export function isExact(model: ModelMessage): boolean {
  const constants = new Map(model.graph.initializer.map((constant) => [constant.name, constant]));
  const isSmall = ({ input }: NodeMessage): boolean => {
    const weight = constants.get(input[WEIGHT_INPUT]);
    return int8Values(weight)?.every((value) => Math.abs(value) <= LARGEST_WEIGHT) ?? false;
  };
  return [...operatorsOf(model)].every((node) => {
    const domain = standard(node.domain);
    const isKnown = Object.hasOwn(EXACT, domain) && EXACT[domain].includes(node.opType);
    return isKnown && (!WEIGHTED.includes(node.opType) || isSmall(node));
  });
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
