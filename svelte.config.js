import adapter from '@sveltejs/adapter-node';

/**
 * The one place of SvelteKit's options. SvelteKit 3 takes them through its Vite plugin (client/vite.config.ts imports
 * this file); editors, svelte-check and eslint read them here. Paths are relative to Vite's root, `client/`.
 *
 * @type {import('@sveltejs/kit/vite').Config}
 */
export default {
  compilerOptions: {
    // Libraries decide for themselves; our own components are all in runes mode.
    runes: ({ filename }) => (filename.split(/[/\\]/).includes('node_modules') ? undefined : true)
  },
  files: { src: '.', assets: 'static' },
  // Absolute addresses: the shell kept for use without a network opens at any path.
  paths: { relative: false },
  csp: {
    // Nonces in pages. Styles may be inline: editors, menus and drag and drop position things that way.
    mode: 'auto',
    directives: {
      'default-src': ['self'],
      'script-src': ['self', 'wasm-unsafe-eval'],
      'style-src': ['self', 'unsafe-inline'],
      'img-src': ['self', 'data:', 'blob:'],
      'font-src': ['self', 'data:'],
      'media-src': ['self', 'blob:'],
      'worker-src': ['self', 'blob:'],
      'connect-src': ['self'],
      'manifest-src': ['self'],
      'object-src': ['none'],
      'base-uri': ['self'],
      'frame-ancestors': ['none'],
      'form-action': ['self']
    }
  },
  // Asked every five minutes and whenever a chunk can't be loaded; the app then offers to reload.
  version: { pollInterval: 300_000 },
  // Registered by hand (lib/updates.svelte.ts), so that a new version waits until the person agrees.
  serviceWorker: { register: false },
  adapter: adapter({ out: `${import.meta.dirname}/build` })
};
