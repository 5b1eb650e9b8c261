import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // Each test file has its own process: native addons (ONNX Runtime, zeromq) do not share a process well.
    pool: "forks",
    maxWorkers: 2,
  },
});
