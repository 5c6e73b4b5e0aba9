/** The bar above the canvas: what is used all day, each with its key. */
import { fit, type Diagram } from '../bpmn/canvas.ts';
import { el, icon, t } from '../kit/page.ts';
import { connectDialog } from './outline.ts';

interface Extra { get(name: 'toggleMode'): { toggleMode: () => void }; get(name: 'searchPad'): { toggle: () => void }; get(name: 'editorActions'): { trigger: (action: string, options?: object) => void } }

const KEYS: [string, string, string][] = [
  ['N', '新建元素', 'Create'], ['A', '在所选环节后面接一个', 'Append'], ['R', '更换类型', 'Replace'], ['E', '改名称', 'Rename'], ['C', '连线（点选）', 'Connect by pointing'], ['Delete', '删除', 'Delete'], ['← ↑ → ↓', '移动所选（按住 Shift 走得快）', 'Move the selection'], ['Ctrl+F', '在图中查找', 'Search'], ['Ctrl+Z', '撤销', 'Undo'], ['Ctrl+Y', '重做', 'Redo'], ['Ctrl+C Ctrl+V', '复制、粘贴', 'Copy, paste'], ['Ctrl+A', '全选', 'Select all'], ['T', '走一走（模拟）', 'Simulate'],
];

function keysDialog(): void {
  const list = el('dl', { class: 'gs-keys' }, ...KEYS.flatMap(([key, zh, en]) => [el('dt', {}, ...key.split(' ').map((k) => el('kbd', {}, k))), el('dd', {}, t(zh, en))]));
  const dialog = el('dialog', { class: 'gs-dialog', 'aria-label': t('快捷键', 'Keys') }, el('div', { class: 'gs-dialog__head' }, el('h2', {}, t('画图的快捷键', 'Keys of the editor')), el('button', { type: 'button', class: 'gs-close', 'data-gs-close': true, 'aria-label': t('关闭', 'Close') }, icon('close'))), el('div', { class: 'gs-dialog__body' }, list));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function toolbar(diagram: Diagram, readonly: boolean, check: () => void): HTMLElement {
  const more = diagram as unknown as Extra;
  const button = (name: string, words: string, click: (e: Event) => void, wordless = false): HTMLButtonElement => el('button', { type: 'button', class: `gs-btn gs-btn--s${wordless ? ' gs-btn--icon' : ''}`, title: words, 'aria-label': words, click }, icon(name), ...(wordless ? [] : [words]));
  // A reader's canvas has no commands and no search of its own.
  const stack = readonly ? undefined : diagram.get('commandStack');
  const undo = button('undo', t('撤销', 'Undo'), () => stack?.undo(), true);
  const redo = button('redo', t('重做', 'Redo'), () => stack?.redo(), true);
  const connect = button('next', t('连到…', 'Connect to…'), () => connectDialog(diagram));
  const walk = button('play', t('走一走', 'Simulate'), () => { more.get('toggleMode').toggleMode(); walk.setAttribute('aria-pressed', String(walk.getAttribute('aria-pressed') !== 'true')); });
  walk.setAttribute('aria-pressed', 'false');
  const canvas = diagram.get('canvas');
  const zoom = el('div', { class: 'gs-btn-group' }, button('zoom-out', t('缩小', 'Zoom out'), () => canvas.zoom(canvas.viewbox().scale / 1.25), true), button('zoom-in', t('放大', 'Zoom in'), () => canvas.zoom(canvas.viewbox().scale * 1.25), true), button('fit', t('适合窗口', 'Fit'), () => fit(diagram), true));
  const state = (): void => { undo.disabled = !stack?.canUndo(); redo.disabled = !stack?.canRedo(); };
  diagram.get('eventBus').on(['commandStack.changed', 'import.done'], state);
  diagram.get('eventBus').on('selection.changed', ({ newSelection }) => { connect.disabled = newSelection?.length !== 1; });
  connect.disabled = true;
  state();
  const editing = readonly ? [] : [el('div', { class: 'gs-btn-group' }, undo, redo), connect];
  return el('div', { class: 'gs-studio__tools', role: 'toolbar', 'aria-label': t('画图工具', 'Drawing tools') }, ...editing, zoom, ...(readonly ? [] : [button('search', t('查找', 'Search'), () => more.get('searchPad').toggle()), walk]), button('check-list', t('检查', 'Check'), check), ...(readonly ? [] : [button('keyboard', t('快捷键', 'Keys'), keysDialog, true)]));
}
