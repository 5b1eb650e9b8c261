import { decodeModel, encodeModel, standardNode, type ModelMessage, type NodeMessage } from "./onnx-file";
import { ELEMENT_TYPES } from "./onnx-tensor";

/** The name of the output of {@link rangeGraph}. */
export const RANGES = "ranges";

/**
 * Makes a model that takes the same input as the given model and returns the smallest and the largest value of
 * some tensors over a batch. The output has shape [batch, 2 · tensors]. Each row lists the minimum and the maximum of
 * every tensor, tensor by tensor; all rows are identical.
 *
 * @param batchSize - the size of the batches on which the new model will run
 * @returns the contents of an ONNX file
 */
export function rangeGraph(model: ModelMessage, tensors: readonly string[], batchSize: number): Uint8Array {
  const copy = decodeModel(encodeModel(model));
  const nodes: NodeMessage[] = [];
  const add = (...node: Parameters<typeof standardNode>): string => {
    nodes.push(standardNode(...node));
    return node[2];
  };
  const extremes = tensors.flatMap((name) => {
    const row = add("Flatten", [name], `${RANGES}/${name}`, { axis: 0 });
    return ["ReduceMin", "ReduceMax"].map((operator) => add(operator, [row], `${row}/${operator}`));
  });
  const row = add("Concat", extremes, `${RANGES}/row`, { axis: 1 });
  add("Concat", new Array<string>(batchSize).fill(row), RANGES, { axis: 0 });
  copy.graph.node = [...copy.graph.node, ...nodes];
  copy.graph.output = [{ name: RANGES, type: { tensorType: { elemType: ELEMENT_TYPES.float32 } } }];
  return encodeModel(copy);
}
