/**
 * Completion and inspection inside the parentheses of a call, where tslab offers every global name and says nothing:
 * here, the fields of the options that the call takes, with what they mean.
 *
 * @param converter tslab's converter of cells
 * @param ts its TypeScript
 */
exports.helpInCalls = function (converter, ts) {
  /** Before each cell tslab puts a line of its own. */
  const OFFSET = `export {};${ts.sys.newLine}`.length;

  function inspect(declarations, source, position) {
    const known = converter.inspect(declarations, source, position);
    const call = known ? undefined : callAround(position + OFFSET);
    if (!call) return known;
    const { program, file, node } = call;
    const info = ts.getQuickInfoAtPosition(
      file,
      program.getTypeChecker(),
      NEVER,
      nameOf(node).getStart(file),
    );
    if (!info) return undefined;
    const options = parametersOf(call)
      .filter((parameter, i) => fieldsOf(call, parameter) && (i === call.index || isOptions(call, parameter)))
      .map((parameter) => describe(call, parameter));
    return { ...info, documentation: [...(info.documentation ?? []), ...options.map((text) => ({ text }))] };
  }

  function complete(declarations, source, position) {
    const found = converter.complete(declarations, source, position);
    const call = callAround(position + OFFSET);
    const parameter = call && parametersOf(call)[call.index];
    const begun = call?.node.arguments[call.index];
    if (!parameter || !isOptions(call, parameter) || (begun && !ts.isIdentifier(begun))) return found;
    const fields = fieldsOf(call, parameter);
    if (!fields) return found;
    const prefix = begun ? begun.text.slice(0, position + OFFSET - begun.getStart(call.file)) : "";
    const names = fields.map(({ name }) => name).filter((name) => name.startsWith(prefix));
    const required = fields.filter((field) => !isOptional(field)).map(({ name }) => name);
    const whole = prefix === "" && required.length > 0 ? [`{ ${required.join(", ")} }`] : [];
    return { ...found, candidates: [...new Set([...whole, ...names, ...found.candidates])] };
  }

  /** The innermost call in whose parentheses a place is, and which of its arguments is there. */
  function callAround(place) {
    const { file, program } = ts.cellAndProgram();
    let node = ts.findPrecedingToken(place, file);
    for (; node && !ts.isBlock(node); node = node.parent) {
      if (!(ts.isCallExpression(node) || ts.isNewExpression(node)) || !node.arguments) continue;
      const isClosed = node.getLastToken(file)?.kind === ts.SyntaxKind.CloseParenToken;
      if (place < node.arguments.pos || (isClosed && place >= node.end)) continue;
      const index = node.arguments.filter(({ end }) => /^\s*,/.test(file.text.slice(end, place))).length;
      return { program, file, node, index };
    }
    return undefined;
  }

  function nameOf({ expression }) {
    return ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  }

  function parametersOf({ program, node }) {
    return program.getTypeChecker().getResolvedSignature(node)?.parameters ?? [];
  }

  function typeOf({ program, node }, parameter) {
    const checker = program.getTypeChecker();
    return checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, node));
  }

  /** The fields of an object that is passed to a call; undefined of lists, functions, numbers and what Node brings. */
  function fieldsOf(call, parameter) {
    const type = typeOf(call, parameter);
    if (!(type.flags & ts.TypeFlags.Object) || type.getCallSignatures().length > 0) return undefined;
    const fields = type.getProperties().filter(({ declarations }) => declarations?.length > 0);
    const isForeign = fields.some(({ declarations: [{ parent }] }) =>
      /lib\.[\w.]*d\.ts$|@types\/node/.test(ts.getSourceFileOfNode(parent).fileName),
    );
    return fields.length > 0 && !isForeign ? fields : undefined;
  }

  function isOptions(call, parameter) {
    const name = typeOf(call, parameter).symbol?.name ?? "";
    return /options/i.test(parameter.name) || /^__type$|Options$/.test(name) || isOptional(parameter);
  }

  function isOptional(symbol) {
    const declaration = symbol.valueDeclaration;
    return Boolean(
      symbol.flags & ts.SymbolFlags.Optional || declaration?.questionToken || declaration?.initializer,
    );
  }

  function describe(call, parameter) {
    const checker = call.program.getTypeChecker();
    const lines = fieldsOf(call, parameter).map((field) => {
      const type = checker.typeToString(checker.getTypeOfSymbolAtLocation(field, call.node));
      const [text] = ts.displayPartsToString(field.getDocumentationComment(checker)).split("\n\n");
      const meaning = text === "" ? "" : `  ${text.replace(/\s*\n\s*/g, " ")}`;
      return `  ${field.name}${isOptional(field) ? "?" : ""}: ${type}${meaning}`;
    });
    return `\n\nFields of ${parameter.name}:\n${lines.join("\n")}`;
  }

  return { ...converter, inspect, complete };
};

const NEVER = { isCancellationRequested: () => false, throwIfCancellationRequested() {} };
