#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const program = join(__dirname, "..", "dist", "cli", "main.js");
if (!existsSync(program)) {
  console.error("idrs: the package is not built; run: npm run build");
  process.exit(1);
}
require(program);
