import * as protobuf from "protobufjs";

/**
 * The part of the ONNX format (onnx.proto3 of the ONNX project) that this package writes.
 * Field numbers are the format; fields that are left out are optional.
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  package onnx;
  message AttributeProto {
    string name = 1;
    float f = 2;
    int64 i = 3;
    repeated int64 ints = 8;
    int32 type = 20;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    string name = 3;
    string op_type = 4;
    repeated AttributeProto attribute = 5;
  }
  message TensorProto {
    repeated int64 dims = 1;
    int32 data_type = 2;
    string name = 8;
    bytes raw_data = 9;
  }
  message TensorShapeProto {
    message Dimension {
      oneof value {
        int64 dim_value = 1;
        string dim_param = 2;
      }
    }
    repeated Dimension dim = 1;
  }
  message TypeProto {
    message Tensor {
      int32 elem_type = 1;
      TensorShapeProto shape = 2;
    }
    Tensor tensor_type = 1;
  }
  message ValueInfoProto {
    string name = 1;
    TypeProto type = 2;
  }
  message GraphProto {
    repeated NodeProto node = 1;
    string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
  }
  message OperatorSetIdProto {
    string domain = 1;
    int64 version = 2;
  }
  message ModelProto {
    int64 ir_version = 1;
    string producer_name = 2;
    GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
  }
`);

const IR_VERSION = 8;
const OPERATOR_SET = 17;
/** Element types by the names that ONNX Runtime uses. */
const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6 } as const;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/** One operator of a graph; an attribute is an integer or a list of integers. */
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

/** An input or output; a dimension given as a string is free. */
export interface OnnxValue {
  name: string;
  /** Default: float32. */
  type?: keyof typeof ELEMENT_TYPES;
  shape: (number | string)[];
}

/** A computation as an ONNX graph. Nodes come after the nodes whose outputs they take. */
export interface OnnxGraph {
  name: string;
  inputs: OnnxValue[];
  output: OnnxValue;
  nodes: OnnxNode[];
  weights: OnnxWeight[];
}

/** Encodes a graph as the content of an ONNX file. */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  const model = root.lookupType("onnx.ModelProto");
  const message = model.fromObject({
    irVersion: IR_VERSION,
    producerName: "idrs",
    opsetImport: [{ domain: "", version: OPERATOR_SET }],
    graph: {
      name: graph.name,
      input: graph.inputs.map(valueInfo),
      output: [valueInfo(graph.output)],
      node: graph.nodes.map(({ operator, inputs, output, attributes = {} }) => ({
        name: output,
        opType: operator,
        input: inputs,
        output: [output],
        attribute: Object.entries(attributes).map(([name, value]) =>
          Array.isArray(value)
            ? { name, ints: value, type: ATTRIBUTE_INTS }
            : { name, i: value, type: ATTRIBUTE_INT },
        ),
      })),
      initializer: graph.weights.map(({ name, shape, values }) => ({
        name,
        dims: shape,
        dataType: ELEMENT_TYPES.float32,
        rawData: littleEndian(values),
      })),
    },
  });
  return model.encode(message).finish();
}

function valueInfo({ name, type = "float32", shape }: OnnxValue): object {
  const dim = shape.map((length) =>
    typeof length === "string" ? { dimParam: length } : { dimValue: length },
  );
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } };
}

/** ONNX stores raw data with the low byte first, whatever the machine. */
function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => bytes.setFloat32(i * 4, value, true));
  return new Uint8Array(bytes.buffer);
}
