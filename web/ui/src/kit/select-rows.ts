/** Ticking rows: header box, shift-range, and the batch bar that appears with the count and the limit. */
import { each, t } from './page.ts';

const LIMIT = 500;

export function startSelection(): void {
  each<HTMLElement>('[data-gs-select]', (scope) => {
    const boxes = (): HTMLInputElement[] => [...scope.querySelectorAll<HTMLInputElement>('tbody input[type="checkbox"][name]:not(:disabled)')];
    const head = scope.querySelector<HTMLInputElement>('[data-gs-select-all]');
    const bar = document.getElementById(scope.dataset.gsSelect || '') ?? scope.querySelector<HTMLElement>('.gs-batch');
    let last = -1;
    const show = (): void => {
      const all = boxes();
      const n = all.filter((b) => b.checked).length;
      const limit = Number(scope.dataset.max ?? LIMIT);
      for (const b of all) b.closest('tr')?.classList.toggle('gs-picked', b.checked);
      if (head) { head.checked = n > 0 && n === all.length; head.indeterminate = n > 0 && n < all.length; }
      if (!bar) return;
      bar.hidden = n === 0;
      for (const c of bar.querySelectorAll('[data-gs-count]')) c.textContent = String(n);
      const over = n > limit;
      for (const b of bar.querySelectorAll<HTMLButtonElement>('button[type="submit"], button[data-gs-open]')) b.disabled = over;
      const note = bar.querySelector('[data-gs-limit]');
      if (note) note.textContent = over ? t(`一次最多 ${limit} 件`, `At most ${limit} at once`) : '';
    };
    scope.addEventListener('click', (e) => {
      const at = boxes().indexOf(e.target as HTMLInputElement);
      if (at < 0) return;
      const all = boxes();
      if ((e as MouseEvent).shiftKey && last >= 0) for (let i = Math.min(at, last); i <= Math.max(at, last); i++) all[i]!.checked = all[at]!.checked;
      last = at;
    });
    scope.addEventListener('change', (e) => {
      if (e.target === head) for (const b of boxes()) b.checked = head!.checked;
      show();
    });
    bar?.querySelector('[data-gs-clear]')?.addEventListener('click', () => { for (const b of boxes()) b.checked = false; show(); });
    show();
  });
}
