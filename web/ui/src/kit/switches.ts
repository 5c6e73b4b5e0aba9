/** Switches of the frame: navigation, elder theme, language, single keys; and things that remember if they are open. */
import { el, each, on, prefer, preference, t } from './page.ts';

const root = document.documentElement;

function toggleNav(): void {
  if (matchMedia('(max-width: 1000px)').matches) {
    const open = root.classList.toggle('gs-nav-open');
    if (open) document.querySelector<HTMLElement>('.gs-nav a')?.focus();
  } else prefer('nav', root.classList.toggle('gs-nav-small') ? 'small' : '');
  markNav();
}

function markNav(): void {
  const shown = matchMedia('(max-width: 1000px)').matches ? root.classList.contains('gs-nav-open') : !root.classList.contains('gs-nav-small');
  for (const b of document.querySelectorAll('[data-gs-nav-toggle]')) b.setAttribute('aria-expanded', String(shown));
}

function toggleElder(button: HTMLElement): void {
  const elder = root.classList.toggle('elder');
  prefer('elder', elder ? '1' : '');
  button.setAttribute('aria-pressed', String(elder));
}

const ACTS: Record<string, (button: HTMLElement) => void> = {
  elder: toggleElder,
  lang: (b) => { prefer('lang', b.dataset.value ?? ''); location.reload(); },
  keys: (b) => {
    const off = preference('keys') !== 'off';
    prefer('keys', off ? 'off' : '');
    b.setAttribute('aria-pressed', String(!off));
  },
};

/** `<details data-gs-remember="id">` keeps its state across pages of this browser. */
function remember(node: HTMLDetailsElement): void {
  const key = `gs.open.${node.dataset.gsRemember}`;
  const kept = localStorage.getItem(key);
  if (kept) node.open = kept === '1';
  // On a phone an unfolded filter would push the list off the screen.
  else if (node.matches('.gs-filters') && matchMedia('(max-width: 760px)').matches) node.open = false;
  node.addEventListener('toggle', () => localStorage.setItem(key, node.open ? '1' : '0'));
}

export function startSwitches(): void {
  if (preference('elder')) root.classList.add('elder');
  if (preference('nav') === 'small') root.classList.add('gs-nav-small');
  markNav();
  on('click', '[data-gs-nav-toggle]', toggleNav);
  on('click', '[data-gs-pref]', (b) => ACTS[b.dataset.gsPref ?? '']?.(b));
  on('click', 'html.gs-nav-open', (_n, e) => {
    if (!(e.target as Element).closest('.gs-nav, [data-gs-nav-toggle]')) { root.classList.remove('gs-nav-open'); markNav(); }
  });
  // A collapsed navigation shows icons only: the word becomes the tooltip.
  each<HTMLElement>('.gs-nav__link', (link) => { if (!link.title) link.title = link.querySelector('span')?.textContent?.trim() ?? ''; });
  each<HTMLElement>('[data-gs-pref="elder"]', (b) => b.setAttribute('aria-pressed', String(root.classList.contains('elder'))));
  each<HTMLElement>('[data-gs-pref="keys"]', (b) => b.setAttribute('aria-pressed', String(preference('keys') !== 'off')));
  each<HTMLDetailsElement>('details[data-gs-remember]', remember);
  on('click', '[data-gs-print]', () => print());
  on('click', '[data-gs-copy]', (b) => {
    void navigator.clipboard?.writeText(b.dataset.gsCopy ?? '');
    b.append(el('span', { class: 'gs-sr', role: 'status' }, t('已复制', 'Copied')));
  });
  // A menu closes when the pointer or the focus goes elsewhere.
  for (const type of ['click', 'focusin']) document.addEventListener(type, (e) => {
    for (const m of document.querySelectorAll<HTMLDetailsElement>('details.gs-menu[open]')) if (!m.contains(e.target as Node)) m.open = false;
  });
}
