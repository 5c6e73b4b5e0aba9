/** Mounts the rule editor on `[data-gs-rules]`: edits the table, takes rows from a spreadsheet, keeps the draft; judging stays with the page. */
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import './rules.css';
import Modeler from 'dmn-js/lib/Modeler';
import NavigatedViewer from 'dmn-js/lib/NavigatedViewer';
import { keeper } from './bench/keeper.ts';
import { translateModule } from './bpmn/translate.ts';
import { csrfHeader, each, el, icon, t } from './kit/page.ts';
import { bar, take, type Rules, type View } from './rules/bar.ts';
import { shapeOf, type TableEditor } from './rules/table.ts';
import { RULES } from './rules/zh.ts';

interface Dmn { importXML: (xml: string) => Promise<{ warnings: unknown[] }>; saveXML: (o: object) => Promise<{ xml: string }>; getViews: () => View[]; getActiveView: () => View | undefined; getActiveViewer: () => TableEditor | undefined; open: (v: View) => Promise<unknown>; on: (event: string, act: () => void) => void }
interface Problem { element_id?: string; severity: string; message: string; row?: number }

/** Rows that a finding speaks of (counted from 1, as people do) light up; an empty list puts the light out. */
function light(stage: HTMLElement, editor: TableEditor | undefined, rows: number[]): void {
  for (const lit of stage.querySelectorAll('.gs-lit')) lit.classList.remove('gs-lit');
  if (!editor) return;
  const ids = shapeOf(editor).rows;
  rows.forEach((n, i) => {
    const cells = stage.querySelectorAll(`[data-row-id="${CSS.escape(ids[n - 1] ?? '')}"]`);
    for (const cell of cells) cell.classList.add('gs-lit');
    if (!i) cells[0]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
}

/** Where the page gives a check address: problems below the table. The rules desk has panels of its own and gives none. */
function checker(mount: HTMLElement, read: () => Promise<string>, stage: () => TableEditor | undefined): () => Promise<void> {
  const url = mount.dataset.checkUrl;
  if (!url) return () => Promise.resolve();
  const list = el('ul', { class: 'gs-problems', 'aria-label': t('问题', 'Problems') });
  mount.append(el('section', { class: 'gs-rules__problems' }, list));
  return async () => {
    const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...csrfHeader(mount.dataset.csrf) }, body: JSON.stringify({ xml: await read() }) });
    const said = (await answer.json()) as { problems?: Problem[] } | Problem[];
    const problems = Array.isArray(said) ? said : said.problems ?? [];
    list.replaceChildren(...problems.map((p) => el('li', {}, el('button', { type: 'button', class: `gs-problem gs-problem--${p.severity}`, click: () => light(mount, stage(), p.row ? [p.row] : []) }, icon(p.severity === 'error' ? 'fail' : 'warn'), p.message))), ...(problems.length ? [] : [el('li', { class: 'gs-problem__none' }, icon('pass'), t('没有问题', 'No problems'))]));
  };
}

/** A copied range fills from the cell that has the focus; a single value is left to the cell's own editor. */
function onPaste(rules: Rules, event: ClipboardEvent): void {
  const editor = rules.active()?.type === 'decisionTable' ? rules.editor() : undefined;
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const cell = (event.target as Element).closest<HTMLElement>('td[data-row-id]');
  if (!editor || !cell || !/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  event.stopPropagation();
  const shape = shapeOf(editor);
  const column = shape.columns.findIndex((c) => c.id === cell.dataset.colId);
  take(editor, text, Math.max(0, shape.rows.indexOf(cell.dataset.rowId!)), column < 0 ? shape.columns.length : column);
}

async function open(mount: HTMLElement): Promise<void> {
  const readonly = mount.dataset.readonly !== undefined;
  const stage = el('div', { class: 'gs-rules__stage' });
  mount.classList.add('gs-rules');
  mount.replaceChildren(stage);
  const additionalModules = [translateModule(RULES)];
  const parts = { additionalModules };
  const dmn = new (readonly ? NavigatedViewer : Modeler)({ container: stage, drd: parts, decisionTable: parts, literalExpression: parts, boxedExpression: parts }) as Dmn;
  const answer = await fetch(mount.dataset.xmlUrl ?? mount.dataset.url ?? '');
  if (!answer.ok) throw new Error(String(answer.status));
  const rules: Rules = { views: () => dmn.getViews(), active: () => dmn.getActiveView(), open: async (v) => { await dmn.open(v); }, editor: () => dmn.getActiveViewer() };
  const read = async (): Promise<string> => (await dmn.saveXML({ format: true })).xml;
  const top = bar(rules, readonly);
  mount.prepend(top.node);
  const keep = keeper(mount, read);
  const check = checker(mount, read, rules.editor);
  let waiting = 0;
  const changed = (): void => { if (!readonly) keep.changed(); top.refresh(); clearTimeout(waiting); waiting = window.setTimeout(() => void check(), 900); };
  const heard = new WeakSet<object>();
  const listen = (): void => {
    const editor = rules.editor();
    if (editor && !heard.has(editor)) { heard.add(editor); editor.get('eventBus').on('commandStack.changed', () => { if (loaded) changed(); }); }
    top.refresh();
  };
  let loaded = false;
  dmn.on('views.changed', listen);
  await dmn.importXML(await answer.text());
  const first = dmn.getViews().find((v) => v.type === 'decisionTable' && (!mount.dataset.decision || v.element.id === mount.dataset.decision)) ?? dmn.getViews().find((v) => v.type !== 'drd');
  if (first) await dmn.open(first);
  listen();
  loaded = true;
  if (!readonly) {
    stage.addEventListener('paste', (e) => onPaste(rules, e), true);
    document.querySelector('[data-desk-submit]')?.addEventListener('click', () => void keep.now());
  }
  mount.addEventListener('gs:rows', (e) => light(stage, rules.active()?.type === 'decisionTable' ? rules.editor() : undefined, (e as CustomEvent<{ rows: number[] }>).detail.rows));
  Object.assign(window, { gsRules: { getXML: read, save: keep.now, check, light: (rows: number[]) => light(stage, rules.editor(), rows) } });
  void check();
  mount.dataset.gsReady = '';
  mount.dispatchEvent(new CustomEvent('gs:ready', { bubbles: true }));
}

each<HTMLElement>('[data-gs-rules]', (mount) => {
  open(mount).catch((e: unknown) => {
    console.error(e);
    mount.replaceChildren(el('div', { class: 'gs-empty' }, el('p', { class: 'gs-empty__title' }, t('规则打不开', 'The rule cannot be opened')), el('p', {}, t('文件可能已损坏；请从历史导出检查，或联系系统管理员。', 'The file may be damaged; export it from the history or ask the administrator.'))));
  });
});
