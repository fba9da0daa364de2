import { defineConfig, type Plugin } from 'vite';

/**
 * dockerode loads these for its own ssh:// transport, BuildKit sessions and archives of folders. We use the system's
 * `ssh`, `docker buildx` and tar-stream instead; ssh2 loads a native file and cannot be bundled as an ES module.
 */
const unusedByDockerode = (): Plugin => ({
  name: 'unused-by-dockerode',
  enforce: 'pre',
  resolveId: {
    filter: { id: /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|zlib)$/ },
    handler: (id, importer) => (/\/docker(ode|-modem)\//.test(importer ?? '') ? `\0unused:${id}` : null),
  },
  load: {
    filter: { id: /^\0unused:/ },
    handler: (id) =>
      `export const Client = class { constructor() { throw new Error(${JSON.stringify(`${id.slice(8)} is not part of this build`)}); } }; export default {};`,
  },
});

/** cli.ts and what it imports without waiting. */
const BEGIN =
  /main\/(cli|model\/nearest|commands\/(edges|global-options|interrupts|parse|progress-lines|screen|style|table|terminal|text|usage|version))\.ts$|fastest-levenshtein|package\.json$/;

/** app.ts and what it imports without waiting: the tray comes before all else. */
const TRAY =
  /main\/(app|desktop\/tray-model|shell\/(app-protocol|guard|ipc|menu|places|tray|when-shown|window))\.ts$/;

/** What every command that asks the engine loads, with all that it imports without waiting. */
const CORE = /main\/commands\/(open-core|operate|tell)\.ts$/;

/** Chunks are cut by what imports what: none that the terminal loads may hold a part of the app. */
const terminalWithoutElectron = (): Plugin => ({
  name: 'terminal-without-electron',
  generateBundle(_options, bundle) {
    const seen = new Set<string>();
    const look = (file: string): void => {
      const chunk = bundle[file];
      if (chunk?.type !== 'chunk' || seen.has(file)) return;
      seen.add(file);
      if (chunk.imports.includes('electron'))
        this.error(`${file} imports electron, and the terminal loads it`);
      [...chunk.imports, ...chunk.dynamicImports].forEach(look);
    };
    look('cli.js');
    if (seen.size < 2) this.error('cli.js imports nothing: this check looks at the wrong file');
  },
});

export default defineConfig({
  plugins: [unusedByDockerode(), terminalWithoutElectron()],
  publicDir: false,
  ssr: { noExternal: true, external: ['electron', '@napi-rs/keyring'] },
  build: {
    ssr: true,
    outDir: 'out/main',
    emptyOutDir: true,
    target: 'node24',
    // they come from this machine's disk: few and large is quick
    chunkSizeWarningLimit: 2_000,
    minify: false,
    sourcemap: true,
    // of what is bundled, for the packages
    license: { fileName: 'licenses.json' },
    rolldownOptions: {
      input: { cli: 'main/bin.ts', index: 'main/index.ts' },
      output: {
        // comments and white space alone, so that stacks keep their names: a start reads half a megabyte less
        minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        // what every command needs to begin is one file, and what it needs to ask the engine another: each further one
        // costs a millisecond of every start
        codeSplitting: {
          groups: [
            { name: 'begin', test: BEGIN },
            // of tray and doctor: in the tray's file the terminal would load Electron with it
            { name: 'is-up', test: /main\/is-up\.ts$/ },
            { name: 'tray', test: TRAY },
            { name: 'core', test: CORE },
          ],
        },
      },
    },
  },
});
