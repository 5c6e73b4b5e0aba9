/** Keyboard of the inbox and the case page: any element with `data-gs-key` answers its key; lists move by J and K. */
import { actingKey, moved } from './key-rule.ts';
import { el, on, prefer, preference, t } from './page.ts';

const TEXT = 'input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]):not([type=range]), textarea, select, [contenteditable=""], [contenteditable="true"], .djs-container, .bio-properties-panel, .dmn-js-parent';
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-gs-list] [data-gs-href]')].filter((r) => r.offsetParent);
const current = (): number => rows().findIndex((r) => r.classList.contains('gs-current'));

function go(step: number): boolean {
  const all = rows();
  if (!all.length) return false;
  const next = all[moved(current(), step, all.length)]!;
  for (const r of all) r.classList.toggle('gs-current', r === next);
  next.querySelector<HTMLElement>('a[href]')?.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

function onList(key: string): boolean {
  const row = rows()[current()];
  if (key === 'j' || key === 'k') return go(key === 'j' ? 1 : -1);
  if (key === 'Enter' && row) { location.assign(row.dataset.gsHref!); return true; }
  if (key === 'x' && row) { row.querySelector<HTMLElement>('input[type="checkbox"]')?.click(); return true; }
  return false;
}

/** A field takes the focus, everything else is clicked; a disabled or hidden owner does nothing. */
function onOwner(key: string): boolean {
  const owner = [...document.querySelectorAll<HTMLElement>(`[data-gs-key="${CSS.escape(key)}"]`)].find((n) => n.offsetParent || n.tagName === 'A');
  if (!owner || owner.matches(':disabled, [aria-disabled="true"]')) return false;
  if (owner.matches('input:not([type=radio]):not([type=checkbox]):not([type=submit]), textarea')) { owner.focus(); (owner as HTMLInputElement).select?.(); } else {
    owner.click();
    if (owner.matches('input[type=radio]')) owner.focus();
  }
  return true;
}

/** What the page calls the owner of a key: its words without the key that stands beside them. */
function nameOf(node: HTMLElement): string {
  const given = node.dataset.gsKeyLabel || node.getAttribute('aria-label');
  if (given) return given;
  const source = (node as HTMLInputElement).labels?.[0] ?? node;
  const copy = source.cloneNode(true) as HTMLElement;
  for (const k of copy.querySelectorAll('kbd')) k.remove();
  return copy.textContent?.trim() || node.getAttribute('placeholder') || node.title;
}

function help(): void {
  document.getElementById('gs-keys')?.remove();
  const list = el('dl', { class: 'gs-keys' });
  const add = (key: string, what: string): void => list.append(el('dt', {}, ...key.split(' ').map((k) => el('kbd', {}, k))), el('dd', {}, what));
  if (rows().length) {
    add('J K', t('下一条、上一条', 'Next, previous'));
    add('Enter', t('打开', 'Open'));
    add('X', t('勾选', 'Tick'));
  }
  for (const n of document.querySelectorAll<HTMLElement>('[data-gs-key]')) {
    const key = n.dataset.gsKey!;
    add(key === 'Escape' ? 'Esc' : key.length === 1 ? key.toUpperCase() : key, nameOf(n));
  }
  add('?', t('显示这张表', 'Show this list'));
  const single = el('input', { type: 'checkbox', checked: preference('keys') !== 'off' });
  single.addEventListener('change', () => prefer('keys', single.checked ? '' : 'off'));
  const dialog = el('dialog', { class: 'gs-dialog', id: 'gs-keys', 'aria-labelledby': 'gs-keys-title' },
    el('div', { class: 'gs-dialog__head' }, el('h2', { id: 'gs-keys-title' }, t('键盘操作', 'Keyboard'))),
    el('div', { class: 'gs-dialog__body gs-stack' }, list, el('label', { class: 'gs-switch' }, single, t('使用单键（J、K、1、2、3…）', 'Use single keys (J, K, 1, 2, 3…)'))),
    el('div', { class: 'gs-dialog__foot' }, el('button', { type: 'button', class: 'gs-btn', 'data-gs-close': true }, t('关闭', 'Close'))));
  document.body.append(dialog);
  dialog.showModal();
}

export function startKeys(): void {
  document.addEventListener('keydown', (e) => {
    if (e.defaultPrevented) return;
    const target = e.target as Element;
    const inList = Boolean(target.closest?.('[data-gs-list] [data-gs-href]'));
    const key = actingKey({
      key: e.key, ctrl: e.ctrlKey, meta: e.metaKey, alt: e.altKey, shift: e.shiftKey, composing: e.isComposing, keyCode: e.keyCode,
      typing: target.matches?.(TEXT) || Boolean(target.closest?.('.djs-container, .bio-properties-panel, .dmn-js-parent')),
      modal: Boolean(document.querySelector('dialog[open]')), onControl: !inList && target.matches?.('a, button, summary, input'), off: preference('keys') === 'off',
    });
    if (!key) return;
    // Esc in a field first leaves the field: the second one goes back.
    if (key === 'Escape' && target.matches?.(TEXT)) { (target as HTMLElement).blur(); return; }
    const acted = key === '?' ? (help(), true) : onOwner(key) || onList(key);
    if (acted) e.preventDefault();
  });
  on('click', '[data-gs-keys-help]', help);
  on('focusin', '[data-gs-list] [data-gs-href]', (row) => { for (const r of rows()) r.classList.toggle('gs-current', r === row); });
  // The whole row opens with the mouse, but what is itself a control keeps its click, and marked text stays marked.
  on('click', '[data-gs-list] [data-gs-href]', (row, e) => {
    if (!(e.target as Element).closest('a, button, input, label, summary, .gs-tip') && !getSelection()?.toString()) location.assign(row.dataset.gsHref!);
  });
}
