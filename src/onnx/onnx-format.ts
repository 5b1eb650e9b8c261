import { encodeModel, standardNode, type ValueMessage } from "./onnx-file";
import { ELEMENT_TYPES, tensor } from "./onnx-tensor";

const IR_VERSION = 8;
const OPERATOR_SET = 17;

/** One operator of a graph. An attribute is an integer or a list of integers. */
export interface OnnxNode {
  operator: string;
  inputs: string[];
  output: string;
  attributes?: Record<string, number | number[]>;
}

/** A weight: its values, row by row. */
export interface OnnxWeight {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** An input or output. A dimension that is given as a string may have any size. */
export interface OnnxValue {
  name: string;
  /** The type of the elements. Default: float32. */
  type?: keyof typeof ELEMENT_TYPES;
  shape: (number | string)[];
}

/** A computation as an ONNX graph. Each node comes after the nodes whose outputs are its inputs. */
export interface OnnxGraph {
  name: string;
  inputs: OnnxValue[];
  output: OnnxValue;
  nodes: OnnxNode[];
  weights: OnnxWeight[];
}

/** Encodes a graph as the contents of an ONNX file. */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: "idrs",
    producerVersion: "",
    opsetImport: [{ domain: "", version: OPERATOR_SET }],
    graph: {
      name: graph.name,
      input: graph.inputs.map(valueInfo),
      output: [valueInfo(graph.output)],
      node: graph.nodes.map(({ operator, inputs, output, attributes }) =>
        standardNode(operator, inputs, output, attributes),
      ),
      initializer: graph.weights.map(({ name, shape, values }) => tensor(name, shape, values)),
      valueInfo: [],
    },
    metadataProps: [],
  });
}

function valueInfo({ name, type = "float32", shape }: OnnxValue): ValueMessage {
  const dim = shape.map((length) =>
    typeof length === "string" ? { dimParam: length } : { dimValue: length },
  );
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}
