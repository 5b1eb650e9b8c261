import { readFileSync } from "node:fs";
import { packageFile } from "./package-file";

/**
 * Loads a CommonJS package that the package runs without, on first use.
 *
 * @param name - one of package.json's optional and peer dependencies
 * @param purpose - what needs it, as the subject of a sentence in the plural
 * @throws Error that names the package and how it is added, if it is not installed; or that says why it does not load here
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
