/** The translate service of the editors: our table, event names by rule, and a list of what is missing. */
import { english } from '../kit/page.ts';
import { CANVAS, EVENT_KINDS, EVENT_PLACES } from './zh-canvas.ts';

const misses = new Set<string>();
Object.assign(window, { gsMisses: misses });

function event(text: string): string | undefined {
  const found = /^(\w+) ((?:start|end|boundary|intermediate (?:catch|throw)) event)( \(non-interrupting\))?$/.exec(text);
  const kind = found && EVENT_KINDS[found[1]!];
  return kind ? `${kind}${EVENT_PLACES[found[2]!]}${found[3] ? '（原环节继续）' : ''}` : undefined;
}

export function translator(...tables: Record<string, string>[]): (text: string, more?: Record<string, string>) => string {
  const table: Record<string, string> = Object.assign({}, CANVAS, ...tables);
  return (text, more = {}) => {
    let said = text;
    if (!english() && /[A-Za-z]/.test(text)) {
      // The panel writes kinds in title case ("User Task"), the canvas in sentence case.
      const plain = text.trim();
      const known = table[text] ?? table[plain] ?? table[plain[0]! + plain.slice(1).toLowerCase()] ?? event(plain) ?? event(plain[0]! + plain.slice(1).toLowerCase());
      if (known === undefined && !/[\u4e00-\u9fff/_]/.test(text)) misses.add(text);
      said = known ?? text;
    }
    return said.replace(/\{([^}]+)\}/g, (whole, key: string) => (key in more ? (table[more[key]!] && !english() ? table[more[key]!]! : String(more[key])) : whole));
  };
}

export const translateModule = (...tables: Record<string, string>[]): object => ({ translate: ['value', translator(...tables)] });
