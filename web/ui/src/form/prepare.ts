/** Turns schema, uiSchema and field rights into what the renderer draws: hidden fields gone, rows marked, widgets chosen. */
import { t } from '../kit/page.ts';
import { fieldsOf, isFile, isObject, isRowList, localised, parts, requiredBySome, resolve, type Schema } from './schema.ts';

export interface Ui { [key: string]: unknown; 'ui:options'?: Record<string, unknown>; 'ui:widget'?: string; 'ui:readonly'?: boolean }
export type Access = Record<string, string>;
export interface Section { title: string; fields: string[] }
export interface Prepared { schema: Schema; ui: Ui; sections: Section[]; locked: Set<string> }

const MOST_COLUMNS = 7;
const sub = (ui: Ui, name: string): Ui => (isObject(ui[name]) ? (ui[name] as Ui) : {});
const options = (ui: Ui, more: Record<string, unknown>): Ui => ({ ...ui, 'ui:options': { ...ui['ui:options'], ...more } });

/** A right for a path; rows share the right of their list (a row number stands for every row). */
function rightAt(access: Access, path: string, ui: Ui): string {
  const own = ui['ui:gs-access'] as string | undefined;
  const general = path.replace(/\/\d+(?=\/|$)/g, '/*');
  return access[path] ?? access[general] ?? own ?? 'write';
}

class Preparer {
  readonly locked = new Set<string>();
  constructor(private readonly root: Schema, private readonly access: Access) {}

  node(schema: Schema, ui: Ui, path: string, some: Set<string> = new Set()): { schema: Schema; ui: Ui } {
    const fields = fieldsOf(schema, this.root);
    if (schema.type === 'object' || Object.keys(fields).length) return this.object(schema, fields, ui, path, some);
    if (schema.type === 'array') return this.list(schema, ui, path);
    return { schema, ui: this.leaf(schema, ui) };
  }

  private object(schema: Schema, fields: Record<string, Schema>, ui: Ui, path: string, some: Set<string>): { schema: Schema; ui: Ui } {
    let out = schema;
    const made: Ui = { ...ui };
    for (const [name, field] of Object.entries(fields)) {
      const here = `${path}/${name}`;
      const right = rightAt(this.access, here, sub(ui, name));
      if (right !== 'write') this.locked.add(here);
      if (right === 'hidden') { out = this.without(out, name); continue; }
      const inner = this.node(field, sub(ui, name), here);
      if (out.properties?.[name]) out = { ...out, properties: { ...out.properties, [name]: inner.schema } };
      made[name] = right === 'read' ? { ...inner.ui, 'ui:readonly': true } : inner.ui;
      if (some.has(name)) made[name] = options(made[name] as Ui, { sometimes: true });
    }
    const order = ui['ui:order'] as string[] | undefined;
    // An order that forgets a field must not break the page.
    if (order) made['ui:order'] = [...order.filter((n) => n === '*' || n in (out.properties ?? {})), ...(order.includes('*') ? [] : ['*'])];
    // Unknown extra data is the server's to refuse; here it must not appear as a field of its own.
    const { additionalProperties: _a, unevaluatedProperties: _u, ...rest } = out;
    return { schema: rest, ui: made };
  }

  private without(schema: Schema, name: string): Schema {
    const { [name]: _gone, ...properties } = schema.properties ?? {};
    return { ...schema, properties, required: schema.required?.filter((n) => n !== name) };
  }

  private list(schema: Schema, ui: Ui, path: string): { schema: Schema; ui: Ui } {
    const items = resolve(schema.items, this.root);
    if (isFile(items)) return { schema: { ...schema, items }, ui: { ...ui, 'ui:widget': 'gs-files' } };
    if (!isRowList(schema, this.root)) return { schema, ui: { ...ui, ...(items.enum || items.oneOf ? { 'ui:widget': 'checkboxes' } : {}) } };
    const inner = this.node(items, sub(ui, 'items'), `${path}/*`);
    const columns = Object.entries(fieldsOf(inner.schema, this.root)).filter(([n]) => sub(inner.ui, n)['ui:widget'] !== 'hidden');
    const flat = columns.every(([, f]) => !['object', 'array'].includes(f.type ?? '') && !isFile(f));
    const wanted = (inner.ui['ui:options']?.row ?? true) === true;
    const row = wanted && flat && columns.length <= MOST_COLUMNS;
    let itemUi = options(inner.ui, { gs: row ? 'row' : 'card', columns: columns.map(([n]) => n) });
    if (row) for (const [n] of columns) itemUi = { ...itemUi, [n]: options(sub(itemUi, n), { cell: true }) };
    return { schema: { ...schema, items: inner.schema }, ui: options({ ...ui, items: itemUi }, { columns: columns.map(([n]) => n), rows: row }) };
  }

  private leaf(schema: Schema, ui: Ui): Ui {
    if (ui['ui:widget'] || ui['ui:options']?.widget) return ui;
    if (schema.type === 'boolean') return { ...ui, 'ui:widget': schema.const === true || schema['x-declare'] ? 'checkbox' : 'radio' };
    if (schema.type === 'string' && !schema.format && Number(schema.maxLength ?? 0) >= 300) return { ...ui, 'ui:widget': 'textarea' };
    return ui;
  }
}

function sectionsOf(ui: Ui, schema: Schema, english: boolean): Section[] {
  const given = ui['ui:sections'] as { title: string; title_en?: string; fields: string[] }[] | undefined;
  return (given ?? []).map((s) => ({ title: (english && s.title_en) || s.title, fields: s.fields.filter((f) => f in (schema.properties ?? {})) })).filter((s) => s.fields.length);
}

export function prepare(schema: Schema, ui: Ui, access: Access): Prepared {
  const spoken = localised(schema);
  const preparer = new Preparer(spoken, access);
  const made = preparer.node(spoken, ui, '', requiredBySome(schema));
  const locked = new Set([...preparer.locked, ...Object.entries(access).filter(([, r]) => r !== 'write').map(([p]) => `/${parts(p).join('/')}`)]);
  return { schema: made.schema, ui: made.ui, sections: sectionsOf(ui, made.schema, t('', 'en') === 'en'), locked };
}
