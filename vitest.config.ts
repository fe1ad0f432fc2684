import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "web/**/*.test.ts", "bench/**/*.test.ts"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          // Pure, and without mocks: to load the house anew for each of some two hundred files takes longer than to run them.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // One at a time and after the unit tests: they measure load, and a neighbour would be measured with it.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    teardownTimeout: 10_000,
  },
});
