/** One SVG sprite from the icons named in icons.txt: pages point at `icons.svg#name`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const HEAD = '<svg xmlns="http://www.w3.org/2000/svg">';

function symbol(name: string, svg: string): string {
  const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
  return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, '')}</symbol>`;
}

/** Throws when icons.txt names a file that the icon set does not have, so a page never shows a gap. */
export function sprite(root: string): string {
  const lines = readFileSync(join(root, 'icons.txt'), 'utf8').split('\n').filter((l) => l && !l.startsWith('#'));
  const symbols = lines.map((line) => {
    const [name, file = name] = line.trim().split(/\s+/);
    return symbol(name!, readFileSync(join(root, 'node_modules/lucide-static/icons', `${file}.svg`), 'utf8'));
  });
  return `${HEAD}${symbols.join('')}</svg>\n`;
}
