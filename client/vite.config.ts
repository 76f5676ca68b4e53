import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { dirname } from 'node:path';
import { defineConfig } from 'vite';
import options from '../svelte.config.js';

const client = import.meta.dirname;
/** Where `vite dev client` sends what only a running ume can answer. */
const server = process.env.UME_DEV_SERVER ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: client,
  plugins: [tailwindcss(), sveltekit(options)],
  server: {
    fs: { allow: [dirname(client)] }, // shared/ lies beside client/
    proxy: {
      '/api': server,
      '/collab': { target: server, ws: true },
      '/y': { target: server, ws: true },
      '/socket.io': { target: server, ws: true }
    }
  }
});
