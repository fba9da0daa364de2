import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The window: its page, and the preload script that gives the page its bridge. `vite build --app -c …` makes both. */
export default defineConfig({
  root: 'renderer',
  base: './',
  publicDir: false,
  plugins: [react()],
  environments: {
    client: {
      build: {
        outDir: path('out/renderer'),
        emptyOutDir: true,
        target: 'chrome148',
        // of what is bundled, for the packages
        license: { fileName: 'licenses.json' },
        // its polyfill would fetch, which the page's policy forbids
        modulePreload: { polyfill: false },
        // a style or an image as data: is forbidden too
        assetsInlineLimit: 0,
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true, external: ['electron'] },
      build: {
        outDir: path('out/preload'),
        emptyOutDir: true,
        target: 'chrome148',
        minify: false,
        rolldownOptions: {
          input: { index: path('main/preload.ts') },
          external: ['electron'],
          // a sandboxed preload script is one CommonJS file (Electron, "Process Sandboxing")
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      await Promise.all(
        Object.values(builder.environments)
          .filter(isOurs)
          .map((e) => builder.build(e)),
      );
    },
  },
});

/** Vite adds an environment `ssr` of its own. */
const isOurs = ({ name }: { name: string }): boolean => name === 'client' || name === 'preload';
