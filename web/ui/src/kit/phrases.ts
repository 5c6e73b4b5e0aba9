/** Usual opinions: "/" in an empty place of the opinion, or the button, opens the list; what is chosen stays editable. Source: E11. */
import { each, el, t } from './page.ts';

interface Phrase { text: string; title?: string }

function listFor(area: HTMLTextAreaElement): Phrase[] {
  const source = document.querySelector(area.dataset.gsPhrases!);
  return JSON.parse(source?.textContent || '[]') as Phrase[];
}

function insert(area: HTMLTextAreaElement, text: string, drop: number): void {
  const at = area.selectionStart - drop;
  area.setRangeText(text, Math.max(0, at), area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
  area.focus();
}

function open(area: HTMLTextAreaElement, drop: number): void {
  document.getElementById('gs-phrases')?.remove();
  const phrases = listFor(area);
  if (!phrases.length) return;
  // Taking the list away takes the focus out of it, which asks again to take it away: once is enough.
  let gone = false;
  const away = (): void => { if (!gone) { gone = true; menu.remove(); } };
  const close = (): void => { away(); area.focus(); };
  const menu = el('ul', { class: 'gs-menu__list gs-phrases', id: 'gs-phrases', role: 'listbox', 'aria-label': t('常用意见', 'Usual opinions') });
  phrases.forEach((p, i) => menu.append(el('li', { role: 'presentation' }, el('button', { type: 'button', role: 'option', click: () => { away(); insert(area, p.text, drop); } }, i < 9 ? el('kbd', {}, String(i + 1)) : '', p.title ?? p.text))));
  menu.addEventListener('keydown', (e) => {
    const all = [...menu.querySelectorAll('button')];
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    if (e.key === 'Escape') close();
    else if (e.key === 'ArrowDown') all[(at + 1) % all.length]!.focus();
    else if (e.key === 'ArrowUp') all[(at - 1 + all.length) % all.length]!.focus();
    else if (/^[1-9]$/.test(e.key)) all[Number(e.key) - 1]?.click();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  menu.addEventListener('focusout', (e) => { if (!menu.contains(e.relatedTarget as Node)) away(); });
  area.parentElement!.style.position = 'relative';
  area.after(menu);
  menu.querySelector('button')?.focus();
}

export function startPhrases(): void {
  each<HTMLTextAreaElement>('textarea[data-gs-phrases]', (area) => {
    area.addEventListener('input', (e) => {
      const before = area.value.slice(0, area.selectionStart);
      if (!(e as InputEvent).isComposing && (e as InputEvent).data === '/' && /(^|\s)\/$/.test(before)) open(area, 1);
    });
    const button = document.querySelector(`[data-gs-phrases-for="${area.id}"]`);
    button?.addEventListener('click', () => open(area, 0));
  });
}
