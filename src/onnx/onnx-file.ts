import * as protobuf from "protobufjs";

/**
 * The part of the ONNX format (onnx.proto3 of the ONNX project) that this package reads and writes. Field
 * numbers define the format. Other fields pass through unchanged when a file is decoded and encoded again.
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  package onnx;
  message AttributeProto {
    string name = 1;
    optional float f = 2;
    optional int64 i = 3;
    TensorProto t = 5;
    GraphProto g = 6;
    repeated int64 ints = 8;
    repeated TensorProto tensors = 10;
    repeated GraphProto graphs = 11;
    int32 type = 20;
    SparseTensorProto sparse_tensor = 22;
    repeated SparseTensorProto sparse_tensors = 23;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    string name = 3;
    string op_type = 4;
    repeated AttributeProto attribute = 5;
    string domain = 7;
  }
  message TensorProto {
    repeated int64 dims = 1;
    int32 data_type = 2;
    repeated float float_data = 4;
    repeated int32 int32_data = 5;
    string name = 8;
    bytes raw_data = 9;
    repeated StringStringEntryProto external_data = 13;
    int32 data_location = 14;
  }
  message SparseTensorProto {
    TensorProto values = 1;
    TensorProto indices = 2;
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
    repeated ValueInfoProto value_info = 13;
    repeated SparseTensorProto sparse_initializer = 15;
  }
  message FunctionProto {
    string name = 1;
    repeated NodeProto node = 7;
    repeated AttributeProto attribute_proto = 11;
  }
  message OperatorSetIdProto {
    string domain = 1;
    int64 version = 2;
  }
  message StringStringEntryProto {
    string key = 1;
    string value = 2;
  }
  message ModelProto {
    int64 ir_version = 1;
    string producer_name = 2;
    string producer_version = 3;
    GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
    repeated StringStringEntryProto metadata_props = 14;
    repeated FunctionProto functions = 25;
  }
`);
const modelType = root.lookupType("onnx.ModelProto");
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/** A 64-bit integer: a number if this package wrote it, an object if it was read. */
export type Int64 = number | { toNumber(): number };

/**
 * A model as stored in an ONNX file. To change a list, replace it; do not modify it in place, because all
 * absent lists share one object.
 */
export interface ModelMessage {
  irVersion: Int64;
  producerName: string;
  producerVersion: string;
  graph: GraphMessage;
  opsetImport: { domain: string; version: Int64 }[];
  metadataProps: KeyValue[];
  functions?: FunctionMessage[];
}

export interface KeyValue {
  key: string;
  value: string;
}

export interface GraphMessage {
  node: NodeMessage[];
  name: string;
  initializer: TensorMessage[];
  input: ValueMessage[];
  output: ValueMessage[];
  valueInfo: ValueMessage[];
  sparseInitializer?: SparseTensorMessage[];
}

/** An operator that the model defines in terms of other operators. */
export interface FunctionMessage {
  name: string;
  node: NodeMessage[];
  attributeProto?: AttributeMessage[];
}

/** An operator. An empty string among its inputs stands for an omitted input. */
export interface NodeMessage {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: AttributeMessage[];
  domain: string;
}

export interface AttributeMessage {
  name: string;
  f?: number;
  i?: Int64;
  t?: TensorMessage | null;
  g?: GraphMessage | null;
  ints?: Int64[];
  tensors?: TensorMessage[];
  graphs?: GraphMessage[];
  type: number;
  sparseTensor?: SparseTensorMessage | null;
  sparseTensors?: SparseTensorMessage[];
}

export interface TensorMessage {
  name: string;
  dims: Int64[];
  dataType: number;
  floatData?: number[];
  int32Data?: number[];
  rawData?: Uint8Array;
  /** The location of values that are stored in another file: `location`, `offset` and `length`. */
  externalData?: KeyValue[];
  /** 1 if the values are stored in another file. */
  dataLocation?: number;
}

export interface SparseTensorMessage {
  values?: TensorMessage | null;
  indices?: TensorMessage | null;
}

export interface ValueMessage {
  name: string;
  type?: {
    tensorType?: { elemType: number; shape?: { dim: { dimValue?: Int64; dimParam?: string }[] } };
  };
}

/**
 * Decodes the contents of an ONNX file.
 *
 * @throws Error if the bytes are not an ONNX model
 */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  let model: ModelMessage;
  try {
    model = modelType.decode(reader) as unknown as ModelMessage;
  } catch (error) {
    throw new Error(`is not an ONNX model: ${(error as Error).message}`, { cause: error });
  }
  if (!model.graph || model.opsetImport.length === 0) {
    throw new Error(`is not an ONNX model: it has no ${model.graph ? "operator set" : "graph"}`);
  }
  return model;
}

/** Encodes a model as the contents of an ONNX file. The same model always gives the same bytes. */
export function encodeModel(model: ModelMessage): Uint8Array {
  return modelType.encode(model as object as protobuf.Message).finish();
}

/**
 * Makes a node for an operator of the ONNX standard with one output. The node takes its name from that output.
 * Attributes are integers or lists of integers.
 */
export function standardNode(
  opType: string,
  input: string[],
  output: string,
  attributes: Readonly<Record<string, number | number[]>> = {},
): NodeMessage {
  const attribute = Object.entries(attributes).map(([name, value]) =>
    Array.isArray(value)
      ? { name, ints: value, type: ATTRIBUTE_INTS }
      : { name, i: value, type: ATTRIBUTE_INT },
  );
  return { opType, input, output: [output], name: output, attribute, domain: "" };
}
