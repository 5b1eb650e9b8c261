import { standardNode, type GraphMessage, type ValueMessage } from "./onnx-file";
import { ELEMENT_TYPES } from "./onnx-tensor";

/** The floating-point types of inputs and outputs that are converted from and to float32. */
const CONVERTED: readonly number[] = [ELEMENT_TYPES.float16, ELEMENT_TYPES.float64];

/** The name of an element type. */
function typeName(elementType: number): string {
  const named = Object.entries(ELEMENT_TYPES).find(([, type]) => type === elementType);
  return named?.[0] ?? `of element type ${elementType}`;
}

/**
 * Makes a graph in half or double precision take and return float32: inserts one Cast after its input and
 * another before its output.
 *
 * @param input - the graph's only input
 * @param output - the graph's only output
 * @returns the new input and output of the graph, and whether anything was changed
 * @throws Error if the input or output does not have a floating-point type
 */
export function withFloatEnds(
  graph: GraphMessage,
  input: ValueMessage,
  output: ValueMessage,
): { input: string; output: string; changed: boolean } {
  const [from, to] = [elementType(input), elementType(output)];
  if (![ELEMENT_TYPES.float32, ...CONVERTED].includes(from)) {
    throw new Error(`the input ${input.name} is ${typeName(from)}, expected float32, float16 or float64`);
  }
  if (to === ELEMENT_TYPES.int64 || to === ELEMENT_TYPES.int32) {
    throw new Error(
      `the output ${output.name} has type ${typeName(to)}, expected class scores: export the model without its argmax`,
    );
  }
  if (![ELEMENT_TYPES.float32, ...CONVERTED].includes(to)) {
    throw new Error(`the output ${output.name} is ${typeName(to)}, expected float32, float16 or float64`);
  }
  const names = { input: input.name, output: output.name, changed: false };
  if (from !== ELEMENT_TYPES.float32) {
    Object.assign(names, { input: "idrs/input", changed: true });
    const shape = input.type?.tensorType?.shape;
    graph.input = [{ name: names.input, type: { tensorType: { elemType: ELEMENT_TYPES.float32, shape } } }];
    graph.node = [standardNode("Cast", [names.input], input.name, { to: from }), ...graph.node];
  }
  if (to !== ELEMENT_TYPES.float32) {
    Object.assign(names, { output: "idrs/output", changed: true });
    graph.output = [{ name: names.output, type: { tensorType: { elemType: ELEMENT_TYPES.float32 } } }];
    graph.node = [
      ...graph.node,
      standardNode("Cast", [output.name], names.output, { to: ELEMENT_TYPES.float32 }),
    ];
  }
  return names;
}

function elementType({ type }: ValueMessage): number {
  return type?.tensorType?.elemType ?? 0;
}
