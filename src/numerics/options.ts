/**
 * Requires that every option is one of the known ones. TypeScript checks this only at compile time; in plain
 * JavaScript, a misspelled option would be ignored.
 *
 * @param call - the name of the function, for the error
 * @param known - the known options, as keys
 * @throws RangeError naming the unknown option and the known ones
 */
export function requireOptions<Options extends object>(
  call: string,
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known).join(", ");
    throw new RangeError(`${call} has no option ${JSON.stringify(name)}; its options are ${names}`);
  }
}
