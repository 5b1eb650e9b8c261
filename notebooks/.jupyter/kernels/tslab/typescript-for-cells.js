/**
 * The TypeScript of tslab, changed where cells need it.
 *
 * tslab keeps the variables of earlier cells in an object, `exports`, and writes `exports.name` where a cell uses one.
 * It is mistaken where a name is both that of a property and that of a variable: of the shorthand `{ name }` it asks
 * only for the property, and in `const { name: other } = shape` it takes the property for a variable when its type was
 * declared in an earlier cell. Here, `{ name }` becomes `{ name: exports.name }`, and names of properties are left alone.
 *
 * It also watches the files that cells import, and breaks when they change, as they do when the package is built again.
 * Here, nothing is watched: what has changed is known to a kernel that is started anew.
 *
 * @param ts the TypeScript of tslab
 * @returns the same with this mended, to take its place; `cellAndProgram()` gives the source file of the cell and its program
 */
exports.typescriptForCells = function (ts) {
  ts.sys.watchFile = ts.sys.watchDirectory = () => ({ close() {} });

  /** The programs of today, by what watches them. */
  const builders = new Map();

  function createWatchProgram(host) {
    const { afterProgramCreate } = host;
    host.afterProgramCreate = (builder) => {
      builders.set(host, builder);
      afterProgramCreate(builder);
    };
    return ts.createWatchProgram(host);
  }

  function programs() {
    return [...builders.values()].map((builder) => builder.getProgram());
  }

  const cellName = ts.combinePaths(ts.normalizePath(ts.sys.getCurrentDirectory()), "__tslab__.ts");
  function cellAndProgram() {
    const [program] = programs();
    return { file: program.getSourceFile(cellName), program };
  }

  /** Whether the variable that a shorthand property stands for was declared in an earlier cell. */
  function isOfEarlierCell(shorthand) {
    const cell = ts.getSourceFileOfNode(shorthand);
    const program = programs().find((program) => program.getSourceFile(cell.fileName) === cell);
    const variable = program?.getTypeChecker().getShorthandAssignmentValueSymbol(shorthand);
    // tslab makes the declarations of earlier cells the parent of the cell.
    return variable?.declarations?.some((declaration) => declaration.getSourceFile() === cell.parent);
  }

  function visitEachChild(node, visitor, context) {
    if (context !== ts.getNullTransformationContext() || visitor.name !== "wrapPrevIdentifier") {
      return ts.visitEachChild(node, visitor, context);
    }
    const original = ts.getParseTreeNode(node);
    if (ts.isShorthandPropertyAssignment(node) && original && isOfEarlierCell(original)) {
      const variable = ts.factory.createPropertyAccessExpression(
        ts.factory.createIdentifier("exports"),
        ts.factory.createIdentifier(node.name.text),
      );
      const preset = node.objectAssignmentInitializer;
      const value = preset ? ts.factory.createAssignment(variable, ts.visitNode(preset, visitor)) : variable;
      return ts.factory.createPropertyAssignment(node.name, value);
    }
    const property = node.propertyName ?? (ts.isObjectLiteralElement(node) ? node.name : undefined);
    return ts.visitEachChild(
      node,
      (child) => (child === property && ts.isIdentifier(child) ? child : visitor(child)),
      context,
    );
  }

  return { ...ts, createWatchProgram, visitEachChild, cellAndProgram };
};
