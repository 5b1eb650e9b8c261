#!/usr/bin/env node
import { Command } from "commander";
import { version } from "../version";
import { certifyCommand } from "./certify";
import { fetchCommand } from "./fetch";
import { notebooksCommand } from "./notebooks";
import { trainCommand } from "./train";

const program = new Command("idrs")
  .description("Input-dependent randomized smoothing, certified exactly")
  .version(version)
  .addCommand(fetchCommand())
  .addCommand(trainCommand())
  .addCommand(certifyCommand())
  .addCommand(notebooksCommand());

program.parseAsync().catch((error: Error) => {
  console.error(`idrs: ${error.message}`);
  process.exit(1);
});
