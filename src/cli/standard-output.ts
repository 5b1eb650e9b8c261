import { fstatSync, writeFileSync } from "node:fs";

let hasResult = false;

/** Prints a result that is not stored elsewhere. If it cannot be written, the command fails. */
export function print(result: string): void {
  hasResult = true;
  console.log(result);
}

/** The error codes of a pipe without a reader and of a closed terminal. */
const UNREAD = ["EPIPE", "EIO"];

/**
 * Lets a command continue when its standard output or error is closed. When the command ends, it fails with a
 * one-line error if its result was lost or a disk was full. Lost progress reports and notes do not matter.
 */
export function guardOutput(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (process.exitCode === 1 || (!hasResult && UNREAD.includes(error.code ?? ""))) return;
    process.exitCode = 1;
    console.error(`idrs: standard output cannot be written: ${error.message}`);
  });
  if (!fstatSync(1).isFile()) return;
  // Node.js's own stream writes as much as a full disk has room for, and reports no error.
  process.stdout._write = (chunk: Buffer, _encoding, done) => {
    try {
      writeFileSync(1, chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}
