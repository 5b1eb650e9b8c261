#!/usr/bin/env node
import { CommanderError } from "commander";
import { Interruption } from "./interruptible";
import { idrsProgram, oneLine } from "./program";
import { guardOutput } from "./standard-output";

guardOutput();
idrsProgram()
  .parseAsync()
  .catch((error: Error) => {
    if (error instanceof CommanderError) {
      process.exitCode ||= error.exitCode;
      return;
    }
    console.error(`idrs: ${oneLine(error.message)}`);
    // Node.js crashes when it restores a terminal that no longer exists.
    if (error instanceof Interruption && error.exitCode === 129) {
      process.removeAllListeners("SIGHUP");
      process.kill(process.pid, "SIGHUP");
    }
    process.exit(error instanceof Interruption ? error.exitCode : 1);
  });
