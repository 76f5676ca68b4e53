import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Tests that start servers, engines and workers; the others are done in milliseconds. */
const slow = { testTimeout: 30_000, hookTimeout: 60_000 };

const project = (name: string, more: object = {}) => ({
  test: { name, environment: 'node', include: [`${name}/**/*.test.ts`], ...more }
});

export default defineConfig({
  test: {
    projects: [
      project('shared', slow),
      project('server', slow),
      project('media', slow),
      project('bench', slow),
      project('toolchain', slow),
      // What of the client needs no browser; .svelte.ts files have to be compiled.
      { plugins: [svelte({ configFile: false })], ...project('client', { exclude: ['**/node_modules/**'] }) }
    ]
  }
});
