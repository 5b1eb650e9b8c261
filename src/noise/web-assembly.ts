import { readFileSync } from "node:fs";
import { packageFile } from "../files/package-file";

/** A loaded program from the folder assembly/. */
export interface Program {
  readonly memory: WebAssembly.Memory;
  /** Returns an exported constant, for example the position of an array in the program's memory. */
  constant(name: string): number;
  /** Returns an exported function. */
  function(name: string): (...numbers: number[]) => void;
}

/**
 * Loads a program that the build compiled.
 *
 * @param name - the name of the program's file in assembly/, without the extension
 * @param imports - the functions that the program declares as imports
 */
export function loadProgram(
  name: string,
  imports: Record<string, (...numbers: number[]) => number>,
): Program {
  const module = new WebAssembly.Module(readFileSync(packageFile("dist", "noise", `${name}.wasm`)));
  const { exports } = new WebAssembly.Instance(module, { [name]: imports });
  return {
    memory: exports.memory as WebAssembly.Memory,
    constant: (constant) => (exports[constant] as WebAssembly.Global).value as number,
    function: (fn) => exports[fn] as (...numbers: number[]) => void,
  };
}
