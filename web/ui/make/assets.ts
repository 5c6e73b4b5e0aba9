/** What the bundler does not make by itself: the sprite, the PDF fonts, and a manifest that a page can read without rules. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';
import { sprite } from './sprite.ts';

const FONTS = ['400Regular', '500Medium', '700Bold'];
type Bundle = Rolldown.OutputBundle;
type Entry = { js: string; css: string[]; hash: string };

function cssOf(bundle: Bundle, file: string, seen = new Set<string>()): string[] {
  const chunk = bundle[file];
  if (!chunk || chunk.type !== 'chunk' || seen.has(file)) return [];
  seen.add(file);
  const own = [...(chunk.viteMetadata?.importedCss ?? [])];
  return [...new Set([...chunk.imports.flatMap((f) => cssOf(bundle, f, seen)), ...own])];
}

function manifest(bundle: Bundle, icons: string): string {
  const entries: Record<string, Entry> = {};
  for (const chunk of Object.values(bundle)) {
    if (chunk.type !== 'chunk' || !chunk.isEntry) continue;
    const css = cssOf(bundle, chunk.fileName);
    const hash = createHash('sha256').update(chunk.code);
    // Pages ask for the sprite by the kit's hash: a new icon must change it.
    if (chunk.name === 'kit') hash.update(icons);
    for (const name of css) hash.update(String((bundle[name] as Rolldown.OutputAsset).source));
    entries[chunk.name] = { js: chunk.fileName, css, hash: hash.digest('hex').slice(0, 10) };
  }
  return `${JSON.stringify(entries, Object.keys(entries).sort().concat('js', 'css', 'hash'), 2)}\n`;
}

export function assets(root: string): Plugin {
  const font = (w: string) => readFileSync(join(root, `node_modules/@expo-google-fonts/noto-sans-sc/${w}/NotoSansSC_${w}.ttf`));
  return {
    name: 'guangsha-assets',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const emit = (fileName: string, source: string | Uint8Array) => this.emitFile({ type: 'asset', fileName, source });
        const icons = sprite(root);
        emit('icons.svg', icons);
        for (const w of FONTS) emit(`fonts/NotoSansSC-${w.replace(/^\d+/, '')}.ttf`, font(w));
        emit('fonts/OFL.txt', readFileSync(join(root, 'node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT')));
        emit('manifest.json', manifest(bundle, icons));
      },
    },
  };
}
