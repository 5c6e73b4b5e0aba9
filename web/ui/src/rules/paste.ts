/** From a spreadsheet to FEEL: what people write in cells becomes what the table needs. Pure, tested without a browser. */

/** Cells of a copied range: tabs and line breaks, quoted cells may hold both. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const end = (): void => { rows.at(-1)!.push(cell.trim()); cell = ''; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) { if (c === '"' && text[i + 1] === '"') { cell += '"'; i++; } else if (c === '"') quoted = false; else cell += c; } else if (c === '"' && cell === '' && /"[^"]*[\t\n]|[\n\t][^"]*"/.test(text.slice(i)) && closes(text, i)) quoted = true;
    else if (c === '\t') end();
    else if (c === '\n') { end(); rows.push([]); } else if (c !== '\r') cell += c;
  }
  end();
  while (rows.length && rows.at(-1)!.every((x) => x === '')) rows.pop();
  return rows;
}

/** A leading quote is the spreadsheet's only if the cell ends right after the closing one; else it is FEEL's own string. */
function closes(text: string, at: number): boolean {
  let i = at + 1;
  while (i < text.length) { if (text[i] === '"') { if (text[i + 1] === '"') i += 2; else break; } else i++; }
  const inside = text.slice(at + 1, i);
  return (i + 1 >= text.length || /[\t\r\n]/.test(text[i + 1]!)) && (/[\t\n]/.test(inside) || inside.includes('""'));
}

const SIGNS: [RegExp, string][] = [[/^[≥＞][=＝]?\s*/, '>= '], [/^[≤＜][=＝]?\s*/, '<= ']];
const FEEL = /^(-|not\s*\(|".*"|[<>]=?|[[\](]|date\s*\(|duration\s*\(|date and time\s*\(|time\s*\(|null$|true$|false$|\?|@")/;
const number = (text: string): string => text.replace(/[,，\s]/g, '').replace(/(元|平方米|㎡|m²|人|岁|个?月|年|天|日)$/, '');
const NUMERIC = /^-?\d+(\.\d+)?$/;

function numeric(text: string): string {
  const plain = number(text);
  if (NUMERIC.test(plain)) return plain;
  const between = /^(-?[\d.,]+)\s*(?:[-~～—至到])\s*(-?[\d.,]+)(.*)$/.exec(text);
  if (between && NUMERIC.test(number(between[1]!)) && NUMERIC.test(number(between[2]! + between[3]!))) return `[${number(between[1]!)}..${number(between[2]! + between[3]!)}]`;
  const said = /^(不超过|不大于|不高于|至多|低于|小于|不足|不低于|不小于|不少于|至少|超过|大于|高于|多于)\s*(.+)$/.exec(text) ?? /^(.+?)\s*(以上|及以上|以下|及以下|以内)$/.exec(text);
  if (said) {
    const [word, value] = NUMERIC.test(number(said[1]!)) ? [said[2]!, number(said[1]!)] : [said[1]!, number(said[2]!)];
    if (NUMERIC.test(value)) {
      if (/^(低于|小于|不足)$/.test(word)) return `< ${value}`;
      if (/^(超过|大于|高于|多于)$/.test(word)) return `> ${value}`;
      return /^(不超过|不大于|不高于|至多|以下|及以下|以内)$/.test(word) ? `<= ${value}` : `>= ${value}`;
    }
  }
  const signed = /^(>=|<=|>|<|=|＞=?|＜=?|≥|≤)\s*(.+)$/.exec(text);
  if (signed && NUMERIC.test(number(signed[2]!))) {
    const sign = ({ '≥': '>=', '＞=': '>=', '＞': '>', '≤': '<=', '＜=': '<=', '＜': '<', '=': '' } as Record<string, string>)[signed[1]!] ?? signed[1]!;
    return sign ? `${sign} ${number(signed[2]!)}` : number(signed[2]!);
  }
  return text;
}

function dated(text: string): string {
  const found = /^([<>]=?\s*)?(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text);
  return found ? `${found[1]?.trim() ? `${found[1].trim()} ` : ''}date("${found[2]}-${found[3]!.padStart(2, '0')}-${found[4]!.padStart(2, '0')}")` : text;
}

/** The FEEL of one cell; what already is FEEL stays as it is. `type` is the column's typeRef. */
export function toFeel(text: string, type: string, input: boolean): string {
  const plain = text.trim();
  if (plain === '' || /^(-|—|–|－|不限|任意|\/)$/.test(plain)) return input ? '-' : plain === '' ? '' : plain === '-' ? '' : `"${plain}"`;
  if (type === 'boolean') return /^(是|有|真|true|√|Y)$/i.test(plain) ? 'true' : /^(否|无|假|false|×|N)$/i.test(plain) ? 'false' : plain;
  if (['number', 'integer', 'long', 'double'].includes(type)) return numeric(plain);
  if (type === 'date') return FEEL.test(plain) && !/^[<>]/.test(plain) ? plain : dated(plain);
  if (FEEL.test(plain) && !/^-\S/.test(plain)) return plain;
  for (const [sign, feel] of SIGNS) if (sign.test(plain)) return plain.replace(sign, feel);
  if (type !== 'string' && type !== '') return plain;
  const quote = (x: string): string => `"${x.trim().replace(/"/g, '\\"')}"`;
  return input && /[、；;|]|或/.test(plain) ? plain.split(/[、；;|]|或/).map(quote).join(', ') : quote(plain);
}
