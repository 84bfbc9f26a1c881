import { crx, type ManifestV3Export } from '@crxjs/vite-plugin';
import { type BuildEnvironmentOptions, build, defineConfig, type Plugin, runnerImport } from 'vite';
import manifest from './manifest.json' with { type: 'json' };
import { version } from './package.json' with { type: 'json' };
import { MANGLED_NAMES } from './scripts/mangled-names.mjs';

/** Chromium's `minimum_chrome_version` in manifest.json, so that no syntax is lowered that every browser we run in has. */
const TARGET = `chrome${manifest.minimum_chrome_version}`;

/** What a page pays for us is measured in these files (design: injected scripts stay small and self-contained). */
const MAXIMUM_BYTES = new Map([
  ['src/page/install.iife.js', 37_000],
  ['src/page/install-over-native.iife.js', 37_000],
  ['src/content/bridge.iife.js', 9_600],
  ['src/page/interest-groups.iife.js', 7_000],
  ['src/page/event-handlers.iife.js', 5_000],
  ['src/content/event-handlers.iife.js', 500],
  ['src/page/message-guard.iife.js', 7_000],
  ['src/content/guard-reports.iife.js', 1_000],
  ['src/content/fenced-frames.iife.js', 6_800],
  ['src/content/fenced-frame-messages.iife.js', 1_000],
  ['src/page/stand-in-answers.iife.js', 4_500],
  ['src/page/fence.iife.js', 18_500],
  ['src/page/fenced-document.iife.js', 10_000],
  ['src/content/selected-frames.iife.js', 11_200],
]);

/**
 * Scripts that neither the manifest nor a page names: what gets into documents that have a use for it.
 */
const STANDALONE = [
  'src/page/install-over-native.iife.ts',
  'src/page/fence.iife.ts',
  'src/page/fenced-document.iife.ts',
  'src/content/selected-frames.iife.ts',
  'src/page/interest-groups.iife.ts',
  'src/page/event-handlers.iife.ts',
  'src/content/event-handlers.iife.ts',
  'src/page/message-guard.iife.ts',
  'src/content/guard-reports.iife.ts',
  'src/content/fenced-frames.iife.ts',
  'src/content/fenced-frame-messages.iife.ts',
  'src/page/stand-in-answers.iife.ts',
];

/** Those that the manifest names. CRXJS builds these on its own; what it has built is replaced, so that all are made alike. */
const NAMED = manifest.content_scripts.flatMap(({ js }) => js);

/** The name in the build of what is made of an entry. */
const scriptOf = (entry: string): string => entry.replace(/\.ts$/, '.js');

const FRAME_SCRIPT = 'src/worklet/frame.iife.ts';

/** The worklet realm, which the frame has as a text. */
const REALM_SCRIPT = 'src/worklet/realm.iife.ts';

/** What @hpke/common imports where there is no global `crypto`. */
const NODE_MODULES = ['crypto'];

/** For injected scripts. Reading a property of the platform changes nothing: what was captured of it and nobody uses goes. */
const SMALLER = {
  treeshake: { propertyReadSideEffects: false },
  optimization: { inlineConst: false },
  output: {
    minify: {
      compress: { treeshake: { propertyReadSideEffects: false } },
      mangle: true,
      codegen: true,
      mangleProps: { include: new RegExp(`^(?:${MANGLED_NAMES.join('|')})$`) },
    },
  },
} as const;

async function bundle(entry: string, options: BuildEnvironmentOptions['rolldownOptions'] = {}): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: TARGET,
      minify: true,
      lib: { entry, formats: ['iife'], name: 'standalone', fileName: () => 'standalone.js' },
      rolldownOptions: { external: NODE_MODULES, ...options },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []));
  const chunk = outputs.find((output) => output.type === 'chunk' && output.isEntry);
  if (chunk?.type !== 'chunk') throw new Error(`${entry} gave no script`);
  return chunk.code;
}

const STRICT = '"use strict";';

/**
 * Bundled modules lose their strict mode, and in sloppy code `Error.prepareStackTrace` and `Function.prototype.arguments` hand our
 * functions, their arguments and `this` to whatever page or worklet code runs inside one of our calls. The source URL keeps the
 * extension's id out of the stack traces of pages.
 */
const strict = (code: string): string => `${STRICT}${code}\n//# sourceURL=shared-storage-lab\n`;

function standaloneScripts(): Plugin {
  return {
    name: 'standalone-scripts',
    apply: 'build',
    buildStart() {
      for (const entry of [...STANDALONE, FRAME_SCRIPT, REALM_SCRIPT]) this.addWatchFile(entry);
      // CRXJS does not watch them.
      for (const entry of NAMED) this.addWatchFile(entry);
    },
    transformIndexHtml: {
      order: 'pre',
      async handler(html, { filename }) {
        if (!filename.endsWith('src/worklet/frame.html')) return html;
        const [code, realm] = await Promise.all([bundle(FRAME_SCRIPT), bundle(REALM_SCRIPT, SMALLER)]);
        const text = JSON.stringify(strict(realm)).replaceAll('<', '\\x3c');
        return html.replace(
          '<!-- frame script -->',
          () => `<script>const REALM=${text};${code.replaceAll('</script', '<\\/script')}</script>`,
        );
      },
    },
    async generateBundle() {
      for (const entry of STANDALONE) this.emitFile({ type: 'asset', fileName: scriptOf(entry), source: await bundle(entry, SMALLER) });
    },
  };
}

const RULES = 'src/rules/index.ts';

/** Writes the declarative rules that the manifest names: src/rules makes them, with the marks and names that the code has. */
function declarativeRules(): Plugin {
  return {
    name: 'declarative-rules',
    apply: 'build',
    async buildStart() {
      const { module, dependencies } = await runnerImport<typeof import('./src/rules')>(RULES, { configFile: false });
      for (const file of [RULES, ...dependencies]) this.addWatchFile(file);
      const named = manifest.declarative_net_request.rule_resources;
      for (const id of Object.keys(module.RULESETS))
        if (!named.some((one) => one.id === id)) this.error(`manifest.json does not name ${id}`);
      for (const { id, path } of named) {
        const rules = module.RULESETS[id] ?? this.error(`${RULES} has no rules ${id}`);
        this.emitFile({ type: 'asset', fileName: path, source: JSON.stringify(rules) });
      }
    },
  };
}

const SERVICE_WORKER_LOADER = 'service-worker-loader.js';
const SERVICE_WORKER = 'service-worker.js';

/**
 * The service worker as a classic script of one file, in place of CRXJS's loader that imports modules. The loader stays, and stays small:
 * until the browser has compiled the first script, the worker's global has no `chrome`, and developer tools that attach meanwhile find none.
 */
function classicServiceWorker(): Plugin {
  return {
    name: 'classic-service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      // CRXJS writes its loader last.
      order: 'post',
      async handler(_options, outputs) {
        const loader = outputs[SERVICE_WORKER_LOADER];
        const written = outputs['manifest.json'];
        const imported = loader?.type === 'asset' && /^import '\.\/(.+)';\s*$/.exec(String(loader.source))?.[1];
        if (!imported || written?.type !== 'asset') return this.error('CRXJS did not write the service worker that it used to write');
        delete outputs[imported];
        const code = await bundle(manifest.background.service_worker);
        this.emitFile({ type: 'asset', fileName: SERVICE_WORKER, source: `"use strict";${code}` });
        loader.source = `importScripts('${SERVICE_WORKER}');\n`;
        const { background, ...others } = JSON.parse(String(written.source));
        written.source = JSON.stringify({ ...others, background: { service_worker: background.service_worker } }, null, 2);
      },
    },
  };
}

function strictScripts(): Plugin {
  return {
    name: 'strict-scripts',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, outputs) {
      for (const output of Object.values(outputs)) {
        const entry = NAMED.find((name) => output.fileName === scriptOf(name));
        if (entry && output.type === 'asset') output.source = await bundle(entry, SMALLER);
        if (output.type !== 'asset' || !output.fileName.endsWith('.iife.js')) continue;
        output.source = strict(String(output.source));
      }
    },
    writeBundle(_options, outputs) {
      for (const file of [...MAXIMUM_BYTES.keys(), ...STANDALONE.map(scriptOf)]) {
        const output = outputs[file];
        if (output?.type !== 'asset' || !String(output.source).startsWith(STRICT)) this.error(`${file} is not strict`);
      }
    },
  };
}

function sizeLimits(): Plugin {
  return {
    name: 'size-limits',
    apply: 'build',
    enforce: 'post',
    writeBundle(_options, outputs) {
      for (const [file, maximum] of MAXIMUM_BYTES) {
        const output = outputs[file];
        if (!output) this.error(`${file} is missing from the build`);
        const bytes = Buffer.byteLength(output.type === 'chunk' ? output.code : output.source);
        if (bytes > maximum) this.error(`${file} has ${bytes} bytes, more than the ${maximum} that a page may be given`);
        this.info(`${file}: ${bytes} of ${maximum} bytes`);
      }
    },
  };
}

/** A page is nothing but an element of ours. Where package.json said that our modules have no side effects, the build left its definition out. */
function definedElements(): Plugin {
  return {
    name: 'defined-elements',
    apply: 'build',
    enforce: 'post',
    writeBundle(_options, outputs) {
      const code = Object.values(outputs).flatMap((output) => (output.type === 'chunk' ? [output.code] : []));
      for (const output of Object.values(outputs)) {
        if (output.type !== 'asset' || !output.fileName.endsWith('.html')) continue;
        for (const [, name = ''] of String(output.source).matchAll(/<(lab-[a-z-]+)/g))
          if (!code.some((text) => text.includes(name))) this.error(`${output.fileName} has a <${name}> that no script defines`);
      }
    },
  };
}

const PANEL = 'src/panel/index.html';

/** The panel is opened by its address, by people and by their bookmarks too: one that stays, wherever its sources are. */
function panelAtRoot(): Plugin {
  return {
    name: 'panel-at-root',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, outputs) {
        const page = outputs[PANEL];
        if (page?.type !== 'asset') return this.error(`the build has no ${PANEL}`);
        delete outputs[PANEL];
        this.emitFile({ type: 'asset', fileName: 'panel.html', source: page.source });
      },
    },
  };
}

export default defineConfig({
  plugins: [
    declarativeRules(),
    crx({ manifest: { ...manifest, version } as ManifestV3Export }),
    standaloneScripts(),
    classicServiceWorker(),
    panelAtRoot(),
    definedElements(),
    strictScripts(),
    sizeLimits(),
  ],
  build: {
    target: TARGET,
    emptyOutDir: true,
    sourcemap: false,
    modulePreload: false,
    rolldownOptions: {
      input: {
        offscreen: 'src/offscreen/index.html',
        panel: PANEL,
      },
      external: NODE_MODULES,
    },
  },
});
