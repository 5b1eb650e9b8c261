import type {
  AttributeMessage,
  ModelMessage,
  NodeMessage,
  SparseTensorMessage,
  TensorMessage,
} from "./onnx-file";

/** A graph or a function: operators and their constants. */
interface Part {
  node: NodeMessage[];
  initializer?: TensorMessage[];
  sparseInitializer?: SparseTensorMessage[];
  attributeProto?: AttributeMessage[];
}

/** Yields all graphs and functions of a model, including graphs inside branches, loops and functions. */
function* partsOf(model: ModelMessage): Generator<Part> {
  const open: Part[] = [model.graph, ...(model.functions ?? [])];
  for (let part = open.pop(); part; part = open.pop()) {
    yield part;
    for (const { g, graphs = [] } of attributesOf(part)) open.push(...(g ? [g] : []), ...graphs);
  }
}

function attributesOf({ node, attributeProto = [] }: Part): AttributeMessage[] {
  return [...node.flatMap(({ attribute }) => attribute), ...attributeProto];
}

/** Yields all operators of a model, including operators inside branches, loops and functions. */
export function* operatorsOf(model: ModelMessage): Generator<NodeMessage> {
  for (const { node } of partsOf(model)) yield* node;
}

/** Yields all constants of a model: weights and values of attributes. */
export function* constantsOf(model: ModelMessage): Generator<TensorMessage> {
  for (const part of partsOf(model)) {
    yield* part.initializer ?? [];
    const sparse = [...(part.sparseInitializer ?? [])];
    for (const { t, tensors = [], sparseTensor, sparseTensors = [] } of attributesOf(part)) {
      if (t) yield t;
      yield* tensors;
      sparse.push(...(sparseTensor ? [sparseTensor] : []), ...sparseTensors);
    }
    for (const { values, indices } of sparse) {
      if (values) yield values;
      if (indices) yield indices;
    }
  }
}
