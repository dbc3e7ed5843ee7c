import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** The widget: one script for pages of other servers. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(import.meta.dirname, '../dist/console/widget'),
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    lib: {
      entry: resolve(import.meta.dirname, 'widget/main.tsx'),
      formats: ['iife'],
      name: 'orsayChat',
      fileName: () => 'orsay-chat.js',
    },
  },
});
