import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** The pages that a browser loads. The server gives each its own policy (server/console). */
const PAGES = ['index.html'];

export default defineConfig({
  root: import.meta.dirname,
  // Relative to the page: a gateway may serve the console below a path of its own.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(import.meta.dirname, '../dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the server allows no data: URLs for scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: PAGES.map((page) => resolve(import.meta.dirname, page)) },
  },
});
