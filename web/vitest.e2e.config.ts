import { defineConfig } from 'vitest/config'

// Browser journeys on the built program. Apart from the unit tests: they need
// the binary, a Chromium and minutes, not seconds.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.e2e.ts'],
    globalSetup: 'e2e/harness/setup.ts',
    // One browser and few cores: a file at a time, its steps in order.
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // Steps rely on those before: after some failures the rest would only add noise.
    bail: process.env.CI ? 0 : 3,
  },
})
