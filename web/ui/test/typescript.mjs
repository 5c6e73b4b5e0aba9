// Lets `node --test` read our TypeScript on Node 20, which does not strip types by itself.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { default: ts } = await import('typescript');
  const source = ts.transpileModule(await readFile(fileURLToPath(url), 'utf8'), { compilerOptions: { module: 'esnext', target: 'es2022' } }).outputText;
  return { format: 'module', source, shortCircuit: true };
}

if (!new URL(import.meta.url).searchParams.has('hooks')) register(`${import.meta.url}?hooks`);
