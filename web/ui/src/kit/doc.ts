/** Document stage: zoom, rotate, fit and step through the pages of a material shown as pictures. */
import { each, on } from './page.ts';

interface View { zoom: number; turn: number; page: number }
const views = new WeakMap<HTMLElement, View>();

function draw(stage: HTMLElement): void {
  const view = views.get(stage)!;
  const pages = [...stage.querySelectorAll<HTMLElement>('.gs-doc__page')];
  view.page = Math.max(0, Math.min(pages.length - 1, view.page));
  pages.forEach((p, i) => {
    p.hidden = i !== view.page;
    p.style.width = `${view.zoom * 100}%`;
    p.style.transform = view.turn ? `rotate(${view.turn}deg)` : '';
  });
  const doc = stage.closest('.gs-doc');
  const count = doc?.querySelector('[data-gs-doc-page]');
  if (count) count.textContent = `${view.page + 1} / ${pages.length}`;
}

const ACTS: Record<string, (v: View) => void> = {
  in: (v) => { v.zoom = Math.min(4, v.zoom * 1.25); }, out: (v) => { v.zoom = Math.max(0.25, v.zoom / 1.25); }, fit: (v) => { v.zoom = 1; v.turn = 0; },
  rotate: (v) => { v.turn = (v.turn + 90) % 360; }, next: (v) => { v.page += 1; }, previous: (v) => { v.page -= 1; },
};

export function startDocuments(): void {
  each<HTMLElement>('.gs-doc__stage', (stage) => {
    if (!stage.querySelector('.gs-doc__page')) return;
    views.set(stage, { zoom: 1, turn: 0, page: 0 });
    draw(stage);
  });
  on('click', '[data-gs-doc]', (button) => {
    const stage = button.closest('.gs-doc')?.querySelector<HTMLElement>('.gs-doc__stage');
    const view = stage && views.get(stage);
    if (!stage || !view) return;
    ACTS[button.dataset.gsDoc!]?.(view);
    draw(stage);
  });
}
