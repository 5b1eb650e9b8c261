import { Command } from "commander";
import { version } from "../files/version";
import { certifyCommand } from "./certify";
import { citeCommand } from "./cite";
import { exportCommand } from "./export";
import { fetchCommand } from "./fetch";
import { kernelCommand } from "./kernel";
import { labCommand } from "./lab";
import { mergeCommand } from "./merge";
import { notebooksCommand } from "./notebooks";
import { quantizeCommand } from "./quantize";
import { radiusCommand } from "./radius";
import { recertifyCommand } from "./recertify";
import { reportCommand } from "./report";
import { shareCommand } from "./share";
import { trainCommand } from "./train";

/**
 * Returns the command `idrs` with its subcommands. Instead of ending the process, the command throws a
 * CommanderError whose message has already been printed.
 */
export function idrsProgram(): Command {
  const program = new Command("idrs")
    .description("Input-dependent randomized smoothing, certified exactly")
    .version(version)
    .exitOverride()
    .configureOutput({
      // Each error is printed on one line; commander would put its suggestion on a second line.
      outputError: (text, write) => write(`${oneLine(text.trim().replace(/^error:/, "idrs:"))}\n`),
    });
  for (const command of [
    fetchCommand(),
    trainCommand(),
    quantizeCommand(),
    certifyCommand(),
    mergeCommand(),
    recertifyCommand(),
    reportCommand(),
    exportCommand(),
    citeCommand(),
    radiusCommand(),
    notebooksCommand(),
    shareCommand(),
    kernelCommand(),
    labCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
    for (const part of command.commands) part.copyInheritedSettings(program);
  }
  return program;
}

/** Returns the printed form of an error message: one line, without control characters. */
export function oneLine(message: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return message.replace(/\s*\n\s*/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\uFFFD");
}
