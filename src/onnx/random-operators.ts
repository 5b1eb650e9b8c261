import type { ModelMessage, NodeMessage, TensorMessage } from "./onnx-file";
import { constantsOf, operatorsOf } from "./walk";

/**
 * The operators of the ONNX standard and of ONNX Runtime that draw random numbers, with or without a fixed
 * seed.
 */
const RANDOM = new Set([
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
  "Bernoulli",
  "Multinomial",
  "Sampling",
  "BiasDropout",
  "BitmaskDropout",
  "BitmaskBiasDropout",
]);

/**
 * Finds an operator that draws random numbers, even inside a branch, a loop or a function. A model with such an
 * operator is not a function of its input. Dropout counts as random unless its `training_mode` is absent or a
 * constant false.
 *
 * @returns the type and name of the operator, for example "RandomNormalLike noise"; undefined if the model
 *   has no such operator
 */
export function randomOperator(model: ModelMessage): string | undefined {
  for (const node of operatorsOf(model)) {
    const { opType, name, output } = node;
    if (RANDOM.has(opType) || (opType === "Dropout" && !isInference(model, node))) {
      return `${opType} ${name || (output[0] ?? "")}`.trim();
    }
  }
  return undefined;
}

/** Returns whether all constants with the name of a Dropout's `training_mode` input are false. */
function isInference(model: ModelMessage, { input }: NodeMessage): boolean {
  const mode = input[2];
  if (!mode) return true;
  const given = [...constantsOf(model)].filter(({ name }) => name === mode);
  for (const { opType, output, attribute } of operatorsOf(model)) {
    if (opType !== "Constant" || output[0] !== mode) continue;
    given.push(attribute.find(({ name }) => name === "value")?.t ?? { name: mode, dims: [], dataType: 0 });
  }
  return given.length > 0 && given.every(isFalse);
}

function isFalse({ rawData = new Uint8Array(), int32Data = [] }: TensorMessage): boolean {
  const values = [...rawData, ...int32Data];
  return values.length === 1 && values[0] === 0;
}
