/** Tips by pointer, focus or touch (countdown arithmetic, short explanations); Esc closes, the pointer may enter. WCAG 1.4.13. */
import { each } from './page.ts';

let shown: HTMLElement | undefined;
function hide(): void { shown?.classList.remove('gs-tip--shown'); shown = undefined; }

function place(tip: HTMLElement, owner: HTMLElement): void {
  hide();
  shown = tip;
  tip.classList.add('gs-tip--shown');
  const at = owner.getBoundingClientRect();
  const box = tip.getBoundingClientRect();
  const below = at.bottom + 6 + box.height < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
  tip.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - box.height - 6)}px`;
}

export function startTips(): void {
  let n = 0;
  each<HTMLElement>('[data-gs-tip]', (owner) => {
    const tip = owner.dataset.gsTip ? document.getElementById(owner.dataset.gsTip) : owner.querySelector<HTMLElement>('.gs-tip');
    if (!tip) return;
    tip.id ||= `gs-tip-${++n}`;
    tip.setAttribute('role', 'tooltip');
    owner.setAttribute('aria-describedby', tip.id);
    if (!owner.matches('a, button, input, summary')) owner.tabIndex = 0;
    let leaving = 0;
    const show = (): void => { clearTimeout(leaving); if (shown !== tip) place(tip, owner); };
    const leave = (): void => { leaving = window.setTimeout(() => { if (shown === tip) hide(); }, 120); };
    for (const node of [owner, tip]) { node.addEventListener('mouseenter', show); node.addEventListener('mouseleave', leave); }
    owner.addEventListener('focus', show);
    owner.addEventListener('blur', leave);
    owner.addEventListener('click', show);
  });
  addEventListener('keydown', (e) => { if (e.key === 'Escape' && shown) { hide(); e.stopImmediatePropagation(); } }, true);
  addEventListener('scroll', hide, true);
}
