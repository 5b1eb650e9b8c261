/**
 * The reason why a library could not read a file. If the library failed with an internal error (such as
 * "Cannot read properties of undefined"), the message would not help a reader; the file is then called
 * damaged.
 */
export function libraryReason(error: unknown): string {
  const stumbled =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return stumbled || !(error instanceof Error) ? "its content is damaged" : error.message;
}
