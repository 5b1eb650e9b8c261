import { fstatSync, writeFileSync } from "node:fs";

let hasResult = false;

/** Prints a result that is nowhere else: where it cannot be written, the command fails. */
export function print(result: string): void {
  hasResult = true;
  console.log(result);
}

/** What a pipe that nobody reads any more and a closed terminal answer. */
const UNREAD = ["EPIPE", "EIO"];

/**
 * Lets a command go on when its standard output or error is lost. It fails in the end, in one line, if that was its
 * result, or if a disk was full; progress and notes that nobody reads are no loss.
 */
export function guardOutput(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (process.exitCode === 1 || (!hasResult && UNREAD.includes(error.code ?? ""))) return;
    process.exitCode = 1;
    console.error(`idrs: standard output cannot be written: ${error.message}`);
  });
  if (!fstatSync(1).isFile()) return;
  // The stream of Node.js writes what a full disk has room for, and is content with that.
  process.stdout._write = (chunk: Buffer, _encoding, done) => {
    try {
      writeFileSync(1, chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}
