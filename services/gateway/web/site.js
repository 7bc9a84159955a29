// How a site of the gateway is built: dist/<name>/, with a gzip and a brotli copy beside each file, so that the gateway
// compresses nothing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import vue from '@vitejs/plugin-vue';

const WORTHWHILE_BYTES = 512;

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function compressed() {
  let folder;
  return {
    name: 'gonghui-compressed',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    writeBundle() {
      for (const path of filesBelow(folder)) {
        const bytes = readFileSync(path);
        if (bytes.length < WORTHWHILE_BYTES || !/\.(js|css|html|svg|json|webmanifest)$/.test(path)) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: quality }));
      }
    },
  };
}

// `first` matches the modules that every page needs: they come as one file, since each file costs a round trip.
// `GATEWAY` is where `npm run dev` finds a running gateway.
export function site({ name, base, first }) {
  return {
    base,
    plugins: [vue(), compressed()],
    build: {
      outDir: new URL(`./dist/${name}/`, import.meta.url).pathname,
      emptyOutDir: true,
      // One style sheet: of several, one that was asked for without a network would be missing for the rest of the visit, as
      // Vite asks for each once.
      cssCodeSplit: false,
      target: 'es2022',
      // The Content-Security-Policy allows no inline scripts and no data: addresses for them.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      ...(first && { rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: first }] } } } }),
    },
    server: { proxy: { '/api': process.env.GATEWAY ?? 'http://127.0.0.1:7330' } },
  };
}
