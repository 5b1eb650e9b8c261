import { readFileSync } from "node:fs";
import { packageFile } from "../files/package-file";

/** A program of assembly/, ready to run. */
export interface Program {
  readonly memory: WebAssembly.Memory;
  /** A constant that it exports, such as the place of an array in its memory. */
  constant(name: string): number;
  /** A function that it exports. */
  function(name: string): (...numbers: number[]) => void;
}

/**
 * Loads a program that the build has compiled.
 *
 * @param name - of its file in assembly/, without the ending
 * @param imports - the functions that it declares
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
