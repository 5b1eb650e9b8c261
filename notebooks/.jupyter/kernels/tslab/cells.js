/** What a cell shows and prints in the end, and what its author is told while typing. */
const { join } = require("node:path");
const { helpInCalls } = require("./help-in-calls");

/**
 * Changes two modules of tslab before it starts.
 *
 * @param requireOfTslab loads modules as tslab does
 * @param ts the TypeScript that tslab will use
 */
exports.withCells = function (requireOfTslab, ts) {
  const executor = requireOfTslab("./executor.js");
  const { createExecutor } = executor;
  executor.createExecutor = (folder, converters, console) =>
    withPlacesInCharacters(
      createExecutor(folder, converters, {
        log: (value) => showLast(value, console, requireOfTslab("./jupyter.js").lastWriteDisplayData),
        error: (first, ...others) =>
          console.error(first instanceof Error ? inShort(first) : first, ...others),
      }),
    );

  const converter = requireOfTslab("./converter.js");
  const { createConverter } = converter;
  converter.createConverter = (options) => helpInCalls(createConverter(options), ts);
};

/** Jupyter counts places in a cell in characters, tslab in UTF-16 units: an emoji is one character, but two units. */
function withPlacesInCharacters(executor) {
  const { inspect, complete } = executor;
  const unitsBefore = (code, place) => Array.from(code).slice(0, place).join("").length;
  const charactersBefore = (code, place) => Array.from(code.slice(0, place)).length;
  return {
    ...executor,
    inspect: (code, place) => inspect(code, unitsBefore(code, place)),
    complete(code, place) {
      const { start, end, ...found } = complete(code, unitsBefore(code, place));
      return { ...found, start: charactersBefore(code, start), end: charactersBefore(code, end) };
    },
  };
}

/** Shows the value of a cell's last expression: in its richest form where it has one, and printed otherwise. */
function showLast(value, console, send) {
  let data;
  try {
    data = require(join(__dirname, "../../../../dist/notebook/rich-display.js")).richDisplay(value);
  } catch {
    // Not built, or an object that only looks like one with a rich form.
  }
  if (data) send({ data, metadata: {}, transient: {} }, false);
  else console.log(value);
}

/** An error as it is to be printed: without the frames of tslab and Node, and an interrupt in one line. */
function inShort(error) {
  if (error.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" || error.message === "Interrupted asynchronously") {
    return "Interrupted: the cell was ended, the kernel keeps its variables";
  }
  if (typeof error.stack === "string") {
    error.stack = error.stack
      // Node puts the line of compiled code that throws before the error.
      .replace(/^evalmachine\.<anonymous>:\d+\n.*\n\s*\^+\s*\n\n?/, "")
      .split("\n")
      .filter((line) => !/^\s+at .*(node_modules[\\/]tslab[\\/]|\(?node:)/.test(line))
      .join("\n");
  }
  return error;
}
