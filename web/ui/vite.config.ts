import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { assets } from './make/assets.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const names = ['kit', 'form', 'studio', 'viewer', 'rules', 'charts'];
const input = Object.fromEntries(names.map((n) => [n, `${root}src/${n}.ts`]).filter(([, f]) => existsSync(f!)));

/** Entry names are fixed and relative, so the bundle may be served under any path; the manifest adds a hash for caches. */
export default defineConfig({
  root,
  base: './',
  publicDir: false,
  plugins: [assets(root)],
  resolve: {
    alias: [
      { find: /^react\/jsx-runtime$/, replacement: 'preact/jsx-runtime' },
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
    ],
  },
  build: {
    target: 'es2020',
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      input,
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        assetFileNames: (a) => (a.names[0]?.endsWith('.css') ? '[name].css' : 'assets/[name]-[hash][extname]'),
      },
    },
  },
});
