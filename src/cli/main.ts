#!/usr/bin/env node
import { Command } from "commander";
import { version } from "../files/version";
import { certifyCommand } from "./certify";
import { fetchCommand } from "./fetch";
import { Interruption } from "./interruptible";
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

const program = new Command("idrs")
  .description("Input-dependent randomized smoothing, certified exactly")
  .version(version)
  .configureOutput({
    // One line, as for every other error; commander puts its suggestion on a second one.
    outputError: (text, write) =>
      write(
        `${text
          .trim()
          .replace(/^error:/, "idrs:")
          .replace(/\n/g, " ")}\n`,
      ),
  });
for (const command of [
  fetchCommand(),
  trainCommand(),
  quantizeCommand(),
  certifyCommand(),
  mergeCommand(),
  recertifyCommand(),
  reportCommand(),
  radiusCommand(),
  notebooksCommand(),
  shareCommand(),
  kernelCommand(),
  labCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program));
  for (const part of command.commands) part.copyInheritedSettings(program);
}

program.parseAsync().catch((error: Error) => {
  console.error(`idrs: ${error.message.replace(/\s*\n\s*/g, " ")}`);
  process.exit(error instanceof Interruption ? error.exitCode : 1);
});
