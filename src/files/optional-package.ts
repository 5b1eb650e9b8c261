import { readFileSync } from "node:fs";
import { packageFile } from "./package-file";

/**
 * Loads an optional CommonJS dependency on first use.
 *
 * @param name - an optional or peer dependency in package.json
 * @param purpose - what needs the package, as a plural noun that begins the error message
 * @throws Error if the package is not installed, naming the command that adds the package; Error if the
 *   package does not load, naming the reason
 */
export async function loadOptional<T>(name: string, purpose: string): Promise<T> {
  try {
    return ((await import(name)) as { default: T }).default;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = message.split("\n")[0];
    const missing = /MODULE_NOT_FOUND/.test(code ?? "") && new RegExp(`'${name}'`).test(reason);
    throw new Error(
      missing
        ? `${purpose} need the package ${name}, which is not installed: ${remedyFor(name)}`
        : `${purpose} need ${name}, which does not load on ${process.platform} ${process.arch}: ${reason}`,
      { cause: error },
    );
  }
}

function remedyFor(name: string): string {
  const { optionalDependencies } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  return name in optionalDependencies
    ? `npm install --ignore-scripts ${name}@${optionalDependencies[name]}`
    : `the README of idrs has the command that adds it ("Installed elsewhere")`;
}
