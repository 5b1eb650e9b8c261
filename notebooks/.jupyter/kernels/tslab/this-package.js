const Module = require("node:module");
const { dirname, join } = require("node:path");

/** The folder of this package. */
const FOLDER = join(__dirname, "../../../..");
const NAME = require(join(FOLDER, "package.json")).name;

/**
 * Lets cells import this package by name wherever their notebook lies. Where the notebook's folder has the package
 * installed, that one is imported.
 *
 * @param ts the TypeScript of tslab
 * @returns the same, to take its place
 */
exports.offerThisPackage = function (ts) {
  if (isResolved(join(process.cwd(), "cell.js"))) return ts;

  const { _resolveFilename } = Module;
  Module._resolveFilename = function (request, ...others) {
    return _resolveFilename.call(this, request === NAME ? FOLDER : request, ...others);
  };
  const createWatchCompilerHost = (files, options, ...others) =>
    ts.createWatchCompilerHost(files, { ...options, paths: { [NAME]: [FOLDER] } }, ...others);
  return { ...ts, createWatchCompilerHost };
};

function isResolved(fromFile) {
  try {
    return Boolean(dirname(Module.createRequire(fromFile).resolve(NAME)));
  } catch {
    return false;
  }
}
