/** The bar above the table: which rule is open, undo, a new row, pasting from a spreadsheet, and the hit policy in words. */
import { el, icon, t } from '../kit/page.ts';
import { cellsOf } from './paste.ts';
import { fill, shapeOf, withoutHead, type TableEditor } from './table.ts';

const POLICIES: Record<string, [string, string]> = {
  UNIQUE: ['各行不重叠，最多一行成立；同时成立两行会报错', 'At most one row may apply; two are an error'], FIRST: ['从上往下，取第一个成立的行', 'The first row that applies'], PRIORITY: ['取结果优先级最高的行', 'The row whose result comes first in its list of values'], ANY: ['成立的行结果必须相同', 'Rows that apply must agree'],
  COLLECT: ['列出所有成立的行', 'All rows that apply'], 'COLLECT SUM': ['所有成立的行的结果相加', 'The sum of all rows that apply'], 'COLLECT MIN': ['所有成立的行中最小的结果', 'The least of all rows that apply'], 'COLLECT MAX': ['所有成立的行中最大的结果', 'The greatest of all rows that apply'], 'COLLECT COUNT': ['有几行成立', 'How many rows apply'], 'RULE ORDER': ['按行序列出所有成立的行', 'All rows that apply, in the order of the table'], 'OUTPUT ORDER': ['按结果优先级列出所有成立的行', 'All rows that apply, by priority of the result'],
};

export interface View { type: string; element: { id: string; name?: string } }
export interface Rules { views: () => View[]; active: () => View | undefined; open: (view: View) => Promise<void>; editor: () => TableEditor | undefined }

const isTable = (rules: Rules): TableEditor | undefined => (rules.active()?.type === 'decisionTable' ? rules.editor() : undefined);

export function say(text: string, kind = 'pass'): void { document.dispatchEvent(new CustomEvent('gs:toast', { detail: { text, kind } })); }

/** Fills the table and tells how much; one undo takes it back. */
export function take(editor: TableEditor, text: string, row: number, column: number): void {
  const cells = withoutHead(cellsOf(text), shapeOf(editor));
  if (!cells.length) return;
  const done = fill(editor, cells, row, column);
  say(t(`已填入 ${done.cells} 个单元格${done.rows ? `，新增 ${done.rows} 行` : ''}；可以撤销`, `${done.cells} cells filled${done.rows ? `, ${done.rows} rows added` : ''}; undo takes it back`));
}

function pasteDialog(editor: TableEditor): void {
  const shape = shapeOf(editor);
  const area = el('textarea', { class: 'gs-textarea', id: 'gs-paste', rows: 8, autofocus: true });
  const from = el('select', { class: 'gs-select', id: 'gs-paste-from' }, el('option', { value: String(shape.rows.length) }, t('接在最后', 'After the last row')), ...shape.rows.map((_r, i) => el('option', { value: String(i) }, t(`从第 ${i + 1} 行起覆盖`, `Replace from row ${i + 1}`))));
  const form = el('form', { method: 'dialog' },
    el('div', { class: 'gs-dialog__head' }, el('h2', {}, t('从表格粘贴', 'Paste from a spreadsheet'))),
    el('div', { class: 'gs-dialog__body gs-stack' },
      el('p', { class: 'gs-hint' }, t(`在 Excel 或 WPS 中选中并复制，再粘贴到下面。列的次序：${shape.columns.map((c) => c.label).join('、')}、依据与说明。“≥15”“不超过 15 平方米”“3至5人”“未婚、离异”会自动写成规则的写法。`, `Copy cells in a spreadsheet and paste them below. Columns: ${shape.columns.map((c) => c.label).join(', ')}, annotation.`)),
      el('div', { class: 'gs-field' }, el('label', { for: 'gs-paste' }, t('复制的内容', 'Copied cells')), area), el('div', { class: 'gs-field' }, el('label', { for: 'gs-paste-from' }, t('放在哪里', 'Where')), from)),
    el('div', { class: 'gs-dialog__foot' }, el('button', { type: 'button', class: 'gs-btn', 'data-gs-close': true }, t('取消', 'Cancel')), el('button', { class: 'gs-btn gs-btn--primary' }, t('填入', 'Fill in'))));
  // A text area turns a typed Tab into a jump; what is pasted keeps its tabs.
  const dialog = el('dialog', { class: 'gs-dialog gs-dialog--wide', 'aria-label': t('从表格粘贴', 'Paste') }, form);
  form.addEventListener('submit', () => take(editor, area.value, Number(from.value), 0));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function bar(rules: Rules, readonly: boolean): { node: HTMLElement; refresh: () => void } {
  const button = (name: string, words: string, click: () => void, wordless = false): HTMLButtonElement => el('button', { type: 'button', class: `gs-btn gs-btn--s${wordless ? ' gs-btn--icon' : ''}`, title: words, 'aria-label': words, click }, icon(name), ...(wordless ? [] : [words]));
  const undo = button('undo', t('撤销', 'Undo'), () => rules.editor()?.get('commandStack').undo(), true);
  const redo = button('redo', t('重做', 'Redo'), () => rules.editor()?.get('commandStack').redo(), true);
  const add = button('plus', t('加一行', 'Add a row'), () => isTable(rules)?.get('modeling').addRow({ type: 'dmn:DecisionRule' }));
  const paste = button('rule', t('从表格粘贴', 'Paste from a spreadsheet'), () => { const e = isTable(rules); if (e) pasteDialog(e); });
  const tabs = el('div', { class: 'gs-btn-group', role: 'group', 'aria-label': t('规则', 'Rules') });
  const words = el('span', { class: 'gs-muted gs-small' });
  const tools = readonly ? [] : [el('div', { class: 'gs-btn-group' }, undo, redo), add, paste];
  const node = el('div', { class: 'gs-rules__bar', role: 'toolbar', 'aria-label': t('规则工具', 'Rule tools') }, ...tools, tabs, words);
  const refresh = (): void => {
    const views = rules.views();
    const active = rules.active();
    const label = (v: View): string => (v.type === 'drd' ? t('关系图', 'Diagram') : v.element.name ?? v.element.id);
    tabs.replaceChildren(...(views.length > 2 || active?.type === 'drd' ? views.map((v) => el('button', { type: 'button', class: 'gs-btn gs-btn--s', 'aria-pressed': String(v.element.id === active?.element.id && v.type === active.type), click: () => void rules.open(v) }, icon(v.type === 'drd' ? 'flow' : 'rule'), label(v))) : []));
    const editor = isTable(rules);
    const root = editor?.get('sheet').getRoot().businessObject;
    const policy = [root?.hitPolicy ?? 'UNIQUE', root?.aggregation].filter(Boolean).join(' ');
    words.textContent = editor ? t(...(POLICIES[policy] ?? ['', ''])) : '';
    add.disabled = paste.disabled = !editor;
    const stack = rules.editor()?.get('commandStack', false) as { canUndo: () => boolean; canRedo: () => boolean } | undefined;
    undo.disabled = !stack?.canUndo();
    redo.disabled = !stack?.canRedo();
  };
  return { node, refresh };
}
