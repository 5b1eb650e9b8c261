import { defineConfig } from "vitest/config";

/** The tests that need a browser and Jupyter: npm run test:browser. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: ["test/temporary-folder.ts"],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: "forks",
    // One browser at a time.
    fileParallelism: false,
  },
});
