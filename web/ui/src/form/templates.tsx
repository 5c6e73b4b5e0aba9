/** The bordered government sheet: label cell, value cell, errors beside the field, nested groups under their own title line. */
import type { ComponentChildren, VNode } from 'preact';
import { t } from '../kit/page.ts';
import { Icon } from './icon.tsx';
import { optionsOf, pathOf, type Drawn } from './registry.ts';
import { RowCells } from './rows.tsx';
import type { Schema } from './schema.ts';

const GROUPS = new Set(['object', 'array']);
const isUpload = (p: Drawn): boolean => p.schema.format === 'gs-file' || p.uiSchema?.['ui:widget'] === 'gs-files';
/** Radios, ticks and uploads hold several controls: their label names the group instead of one input. */
const isGroup = (p: Drawn): boolean => isUpload(p) || ['radio', 'checkboxes', 'checkbox'].includes(String(p.uiSchema?.['ui:widget'] ?? ''));

export function Errors({ id, errors }: { id: string; errors?: string[] }) {
  return <>{errors?.map((e, i) => <p class="gs-error" id={i ? `${id}-error-${i}` : `${id}-error`} key={e}><Icon name="warn" />{e}</p>)}</>;
}

function Label(p: Drawn & { class: string }) {
  const optional = !p.required && !p.readonly && !optionsOf(p.uiSchema).sometimes && p.schema.type !== 'array' && p.schema.const !== true;
  const words = <>{p.label}{optional && <span class="gs-optional">{t('（选填）', ' (optional)')}</span>}</>;
  return isGroup(p) || p.readonly ? <div class={p.class} id={`${p.id}-label`}>{words}</div> : <label class={p.class} for={p.id}>{words}</label>;
}

/** One field: a cell of the sheet, or bare content of a table cell inside a row. */
export function FieldTemplate(p: Drawn) {
  if (p.hidden || p.uiSchema?.['ui:widget'] === 'hidden') return <div hidden>{p.children as ComponentChildren}</div>;
  const options = optionsOf(p.uiSchema);
  if (options.cell) return <><Errors id={p.id} errors={p.rawErrors} />{p.children as ComponentChildren}</>;
  const upload = isUpload(p);
  if (!upload && GROUPS.has(String(p.schema.type)) && p.uiSchema?.['ui:widget'] !== 'checkboxes') return <>{p.children as ComponentChildren}</>;
  const declared = p.uiSchema?.['ui:widget'] === 'checkbox';
  const wide = options.wide ?? (upload || declared || ['textarea', 'checkboxes'].includes(String(p.uiSchema?.['ui:widget'])) || Number(p.schema.maxLength ?? 0) >= 100);
  const source = p.registry.formContext.sources[pathOf(p.fieldPathId)] ?? (p.uiSchema?.['ui:gs-source'] as string | undefined);
  const text = p.uiSchema?.['ui:description'] ?? p.rawDescription;
  return (
    <div class={`gs-sheet__cell${wide ? ' gs-sheet__cell--wide' : ''}${declared ? ' gs-sheet__cell--declare' : ''}${p.rawErrors?.length ? ' gs-sheet__cell--error' : ''}`} id={`${p.id}-cell`}>
      {!declared && <Label {...p} class="gs-sheet__label" />}
      <div class={`gs-sheet__value${p.readonly ? ' gs-sheet__value--text' : ''}`}>
        {text ? <p class="gs-hint" id={`${p.id}-hint`}>{String(text)}</p> : null}
        <Errors id={p.id} errors={p.rawErrors} />
        {p.children as ComponentChildren}
        {source && <span class="gs-source"><Icon name="database" />{source}</span>}
      </div>
    </div>
  );
}

interface Part { name: string; content: VNode; hidden: boolean }
type Group = Drawn & { properties: Part[]; title?: string; description?: string };

/** A row gives its cells; a card, a group of the first level and the whole form give sheets; deeper groups a title line in the sheet around them. */
export function ObjectFieldTemplate(p: Group) {
  const kind = optionsOf(p.uiSchema).gs;
  const depth = p.fieldPathId.path.length;
  if (kind === 'row') {
    const root = (p.registry.rootSchema ?? p.schema) as Schema;
    return <RowCells columns={optionsOf(p.uiSchema).columns as string[]} parts={new Map(p.properties.map((x) => [x.name, x.content]))} schema={p.schema as Schema} root={root} />;
  }
  if (depth === 0) return <Root {...p} />;
  const inside = p.properties.map((x) => x.content);
  if (kind === 'card') return <div class="gs-sheet">{inside}</div>;
  const title = p.title || (p.schema.title as string | undefined);
  const head = title && <div class="gs-sheet__title" id={`${p.fieldPathId.$id}-title`}>{title}</div>;
  if (depth > 1) return <>{head}{inside}</>;
  return <div class="gs-sheet" role="group" aria-labelledby={title ? `${p.fieldPathId.$id}-title` : undefined} id={p.fieldPathId.$id} tabIndex={-1}>{head}{inside}</div>;
}

/** Consecutive plain fields share a sheet; a group or a list brings its own. */
function sheets(names: string[], parts: Map<string, Part>, schema: Drawn['schema'], title?: string): VNode[] {
  const out: VNode[] = [];
  let plain: VNode[] = [];
  const properties = (schema.properties ?? {}) as Record<string, { type?: string; title?: string; items?: { format?: string } }>;
  const flush = (): void => { if (plain.length) out.push(<div class="gs-sheet">{title && !out.length && <div class="gs-sheet__title">{title}</div>}{plain}</div>); plain = []; };
  for (const name of names) {
    const part = parts.get(name);
    if (!part) continue;
    const field = properties[name];
    if (field?.type === 'object') { flush(); out.push(part.content); } else plain.push(part.content);
  }
  flush();
  return out;
}

function Root(p: Group) {
  const parts = new Map(p.properties.map((x) => [x.name, x]));
  const { sections, part } = p.registry.formContext;
  if (!sections.length) return <div class="gs-stack">{sheets([...parts.keys()], parts, p.schema)}</div>;
  const named = new Set(sections.flatMap((s) => s.fields));
  const rest = [...parts.keys()].filter((n) => !named.has(n));
  const all = rest.length ? [...sections, { title: '', fields: rest }] : sections;
  return (
    <div class="gs-stack gs-form-parts">
      {all.map((s, i) => <div class="gs-stack gs-form-part" key={i} hidden={part >= 0 && part !== i} data-part={i}>{sheets(s.fields, parts, p.schema, s.title)}</div>)}
    </div>
  );
}
