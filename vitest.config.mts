import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/temporary-folder.ts"],
    // Generous, for busy machines: a kernel that does not start or a cell that hangs has time limits of its own.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Each test file has its own process: native addons (ONNX Runtime, zeromq) do not share a process well.
    pool: "forks",
    maxWorkers: 2,
  },
});
