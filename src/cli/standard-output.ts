import { fstatSync, writeFileSync } from "node:fs";

let hasResult = false;

/** Prints a result that is not stored elsewhere. If the result cannot be printed, the command fails. */
export function print(result: string): void {
  hasResult = true;
  console.log(result);
}

/** The error codes of a pipe without a reader and of a closed terminal. */
const UNREAD = ["EPIPE", "EIO"];

/**
 * Lets a command continue when its standard output or error is closed. If the result of the command was lost
 * or a disk was full, the command fails at its end with a one-line error. Lost progress reports and notes do
 * not matter.
 */
export function guardOutput(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (process.exitCode === 1 || (!hasResult && UNREAD.includes(error.code ?? ""))) return;
    process.exitCode = 1;
    console.error(`idrs: standard output cannot be written: ${error.message}`);
  });
  if (!fstatSync(1).isFile()) return;
  // When a disk is full, the stream of Node.js writes as much as fits and reports no error.
  process.stdout._write = (chunk: Buffer, _encoding, done) => {
    try {
      writeFileSync(1, chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}
