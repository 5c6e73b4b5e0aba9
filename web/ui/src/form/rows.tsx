/** Lists: a family table on a desk, cards on a phone; what has too many columns is a card each everywhere. */
import type { ComponentChildren, VNode } from 'preact';
import { t } from '../kit/page.ts';
import { Icon } from './icon.tsx';
import { optionsOf, type Drawn } from './registry.ts';
import { child, fieldsOf, resolve, type Schema } from './schema.ts';
import { Errors } from './templates.tsx';

type List = Drawn & { items: VNode[]; canAdd?: boolean; onAddClick: (e?: Event) => void; title: string };

function Foot(p: List & { word: string }) {
  const atMost = p.schema.maxItems as number | undefined;
  if (p.readonly || p.disabled) return null;
  return (
    <div class="gs-family__foot gs-row">
      <button type="button" class="gs-btn gs-btn--s" disabled={!p.canAdd} onClick={p.onAddClick}><Icon name="plus" />{t(`添加${p.word}`, `Add: ${p.word}`)}</button>
      {atMost ? <span class="gs-hint">{t(`最多 ${atMost} 项`, `up to ${atMost}`)}</span> : null}
    </div>
  );
}

export function ArrayFieldTemplate(p: List) {
  const options = optionsOf(p.uiSchema);
  const root = (p.registry.rootSchema ?? p.schema) as Schema;
  const items = resolve(p.schema.items, root);
  const columns = (options.columns as string[]) ?? [];
  const id = p.fieldPathId.$id;
  const word = String(items.title ?? p.title ?? '');
  const fields = fieldsOf(items, root);
  const readonly = p.readonly || p.disabled;
  const empty = p.items.length === 0 && <p class="gs-family__empty gs-muted">{readonly ? t('无', 'None') : t('还没有填写；没有可以不填。', 'Nothing yet; leave empty if there is none.')}</p>;
  const head = p.title && <div class="gs-sheet__title" id={`${id}-title`}>{p.title}{p.items.length > 0 && <span class="gs-muted">{t(`${p.items.length} 项`, String(p.items.length))}</span>}</div>;
  const body = options.rows ? (
    <>
      {p.items.length > 0 && (
        <table class={`gs-family${columns.length > 5 ? ' gs-family--many' : ''}`}>
          <thead><tr><th scope="col">{t('序号', 'No.')}</th>{columns.map((c) => <th scope="col" key={c}>{fields[c]?.title ?? c}{!items.required?.includes(c) && !readonly && <span class="gs-optional">{t('（选填）', ' (optional)')}</span>}</th>)}{!readonly && <th scope="col">{t('操作', 'Action')}</th>}</tr></thead>
          <tbody>{p.items}</tbody>
        </table>
      )}
      {empty}
    </>
  ) : <div class="gs-family__cards">{p.items}{empty}</div>;
  const block = <div class="gs-sheet__block" id={id} tabIndex={-1}><div class="gs-family__errors"><Errors id={id} errors={p.rawErrors} /></div>{body}<Foot {...p} word={word} /></div>;
  return <>{head}{block}</>;
}

interface Item { children: VNode; index: number; buttonsProps: { onRemoveItem: (e?: Event) => void; hasRemove?: boolean }; readonly?: boolean; disabled?: boolean; uiSchema?: Record<string, unknown>; parentUiSchema?: Record<string, unknown>; schema: Record<string, unknown> }

export function ArrayFieldItemTemplate(p: Item) {
  const row = optionsOf(p.parentUiSchema).rows ?? optionsOf(p.uiSchema).gs === 'row';
  const fixed = p.readonly || p.disabled || !p.buttonsProps.hasRemove;
  const number = p.index + 1;
  const remove = !fixed && <button type="button" class="gs-btn gs-btn--quiet gs-btn--s" aria-label={t(`删除第 ${number} 项`, `Remove no. ${number}`)} onClick={p.buttonsProps.onRemoveItem}><Icon name="trash" />{t('删除', 'Remove')}</button>;
  if (row) return <tr><td data-label={t('序号', 'No.')}><span class="gs-family__no">{number}</span></td>{p.children}{!(p.readonly || p.disabled) && <td class="gs-family__act">{remove}</td>}</tr>;
  return <div class="gs-family__card"><div class="gs-row gs-row--between"><strong>{String(p.schema.title ?? '')} {number}</strong>{remove}</div>{p.children}</div>;
}

/** The cells of a row in the order of the heading; a field that this row's answers do not show leaves its cell empty. */
export function RowCells({ columns, parts, schema, root }: { columns: string[]; parts: Map<string, ComponentChildren>; schema: Schema; root: Schema }) {
  return <>{columns.map((c) => <td key={c} data-label={child(schema, c, root)?.title ?? c}>{parts.get(c) ?? null}</td>)}</>;
}
