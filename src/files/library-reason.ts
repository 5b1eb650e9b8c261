/**
 * What a library says of a file that it cannot read. Where it stumbled (an error of the engine, such as "Cannot read
 * properties of undefined"), that is no reason for a reader, and the file is damaged.
 */
export function libraryReason(error: unknown): string {
  const stumbled =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return stumbled || !(error instanceof Error) ? "its content is damaged" : error.message;
}
