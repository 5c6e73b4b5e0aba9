/** The divider between documents and form: by pointer or arrow keys, remembered by this browser. */
import { each, t } from './page.ts';

export function startSplit(): void {
  each<HTMLElement>('.gs-split', (split) => {
    const divider = split.querySelector<HTMLElement>('.gs-split__divider');
    if (!divider) return;
    const key = `gs.split.${split.id || 'case'}`;
    const set = (percent: number): void => {
      const p = Math.round(Math.max(25, Math.min(65, percent)));
      split.style.setProperty('--gs-split', `${p}%`);
      divider.setAttribute('aria-valuenow', String(p));
      localStorage.setItem(key, String(p));
    };
    for (const [a, v] of Object.entries({ role: 'separator', tabindex: '0', 'aria-orientation': 'vertical', 'aria-valuemin': '25', 'aria-valuemax': '65', 'aria-label': t('调整左右宽度', 'Resize panes') })) divider.setAttribute(a, v);
    set(Number(localStorage.getItem(key) ?? 45));
    divider.addEventListener('pointerdown', (down) => {
      divider.setPointerCapture(down.pointerId);
      down.preventDefault();
      const move = (e: PointerEvent): void => { const box = split.getBoundingClientRect(); set(((e.clientX - box.left) / box.width) * 100); };
      divider.addEventListener('pointermove', move);
      divider.addEventListener('pointerup', () => divider.removeEventListener('pointermove', move), { once: true });
    });
    divider.addEventListener('keydown', (e) => {
      const step = { ArrowLeft: -2, ArrowRight: 2 }[e.key];
      if (!step) return;
      e.preventDefault();
      set(Number(divider.getAttribute('aria-valuenow')) + step);
    });
  });
  // The split fills what the header strip leaves, whatever wraps in it.
  each<HTMLElement>('.gs-strip', (strip) => {
    const fit = (): void => document.documentElement.style.setProperty('--gs-strip-h', `${strip.offsetHeight}px`);
    new ResizeObserver(fit).observe(strip);
    fit();
  });
}
