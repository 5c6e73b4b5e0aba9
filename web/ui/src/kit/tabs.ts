/** Tabs whose state is in the address: `#tab` after load, F5, share and Back shows the same panel. */
import { each } from './page.ts';

export function startTabs(): void {
  each<HTMLElement>('[data-gs-tabs]', (bar) => {
    const tabs = [...bar.querySelectorAll<HTMLElement>('a[href^="#"]')];
    const panel = (tab: HTMLElement): HTMLElement | null => document.getElementById(tab.getAttribute('href')!.slice(1));
    bar.setAttribute('role', 'tablist');
    const show = (tab: HTMLElement): void => {
      for (const other of tabs) {
        const chosen = other === tab;
        other.setAttribute('aria-selected', String(chosen));
        other.tabIndex = chosen ? 0 : -1;
        const p = panel(other);
        if (p) p.hidden = !chosen;
      }
      // Charts, diagrams and lazy parts measure themselves only when they can be seen.
      panel(tab)?.dispatchEvent(new CustomEvent('gs:shown', { bubbles: true }));
    };
    for (const tab of tabs) {
      const p = panel(tab);
      tab.setAttribute('role', 'tab');
      tab.id ||= `${tab.getAttribute('href')!.slice(1)}-tab`;
      tab.setAttribute('aria-controls', p?.id ?? '');
      p?.setAttribute('role', 'tabpanel');
      p?.setAttribute('aria-labelledby', tab.id);
      if (p) p.dataset.gsTitle ??= tab.firstChild?.textContent?.trim() ?? '';
      tab.addEventListener('click', (e) => {
        e.preventDefault();
        history.replaceState(history.state, '', tab.getAttribute('href')!);
        show(tab);
      });
    }
    bar.addEventListener('keydown', (e) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      const at = tabs.indexOf(document.activeElement as HTMLElement);
      const next = e.key === 'Home' ? tabs[0] : e.key === 'End' ? tabs.at(-1) : step && at >= 0 ? tabs[(at + step + tabs.length) % tabs.length] : undefined;
      if (!next) return;
      e.preventDefault();
      next.focus();
      next.click();
    });
    const fromAddress = (): HTMLElement | undefined => {
      const id = decodeURIComponent(location.hash.slice(1));
      const target = id ? document.getElementById(id) : null;
      return tabs.find((x) => x.getAttribute('href') === `#${id}`) ?? tabs.find((x) => target && panel(x)?.contains(target));
    };
    const first = fromAddress() ?? tabs.find((x) => x.getAttribute('aria-selected') === 'true') ?? tabs[0];
    if (first) show(first);
    // The browser jumps to the panel named in the address; the reader wants its top, with the tabs above it.
    const scroller = bar.parentElement?.querySelector<HTMLElement>('.gs-split__scroll');
    if (scroller && location.hash === first?.getAttribute('href')) addEventListener('load', () => requestAnimationFrame(() => { scroller.scrollTop = 0; }));
    addEventListener('hashchange', () => { const x = fromAddress(); if (x) show(x); });
  });
}
