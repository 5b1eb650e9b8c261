/**
 * Returns the reason why a library could not read a file. If the library failed with an internal error (such
 * as "Cannot read properties of undefined"), its message would not help the user, so the reason is that the
 * file is damaged.
 */
export function libraryReason(error: unknown): string {
  const stumbled =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return stumbled || !(error instanceof Error) ? "its content is damaged" : error.message;
}
