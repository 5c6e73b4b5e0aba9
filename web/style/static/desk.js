/** Panels of the editors: loads each when it is first seen, again after the draft was saved, and keeps the counts on the tabs. */
const panels = [...document.querySelectorAll('[data-desk-panel]')];

function load(panel) {
  panel.dataset.deskLoaded = '1';
  delete panel.dataset.deskStale;
  window.htmx?.ajax('GET', panel.dataset.deskPanel, { target: panel, swap: 'innerHTML' });
}

function seen(panel) {
  if (!panel.hidden && (!panel.dataset.deskLoaded || panel.dataset.deskStale)) load(panel);
}

/** A fragment says what its tab shows: data-desk-set, data-count, data-hot. */
function counts(root) {
  for (const part of root.querySelectorAll('[data-desk-set]')) {
    const badge = document.querySelector(`[data-desk-count="${part.dataset.deskSet}"]`);
    if (!badge) continue;
    badge.textContent = part.dataset.count && part.dataset.count !== '0' ? part.dataset.count : '';
    badge.className = badge.textContent ? `gs-tabs__count${part.dataset.hot === '1' ? ' gs-tabs__count--hot' : ''}` : '';
  }
}

/** Rows of a decision table that a panel speaks of light up in the editor. */
function light(rows) {
  const editor = document.querySelector('[data-gs-rules]');
  editor?.dispatchEvent(new CustomEvent('gs:rows', { detail: { rows } }));
}

function rowsOf(element) {
  return (element?.dataset.deskRows ?? '').split(',').filter(Boolean).map(Number);
}

document.addEventListener('gs:shown', (event) => seen(event.target.closest?.('[data-desk-panel]') ?? event.target));
document.addEventListener('htmx:afterSwap', (event) => {
  counts(document);
  const lit = event.target.querySelector?.('[data-desk-lit]') ?? (event.target.matches?.('[data-desk-lit]') ? event.target : null);
  const box = event.target.closest?.('[data-desk-panel]');
  const inside = lit ?? box?.querySelector('[data-desk-lit]');
  if (inside) light(rowsOf(inside));
});
document.addEventListener('mouseover', (event) => {
  const finding = event.target.closest?.('[data-desk-rows]');
  if (finding) light(rowsOf(finding));
});
document.addEventListener('gs:draft', () => {
  for (const panel of panels) {
    if (panel.hasAttribute('data-desk-once') || panel.querySelector('form:focus-within')) continue;
    panel.dataset.deskStale = '1';
    seen(panel);
  }
});
document.addEventListener('keydown', (event) => {
  const slider = document.querySelector('[data-desk-slider]');
  if (!slider || event.target.closest('input:not([type=range]), textarea, select, dialog') || event.altKey || event.ctrlKey || event.metaKey) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || event.target === slider) return;
  event.preventDefault();
  slider.value = String(Number(slider.value) + step);
  slider.dispatchEvent(new Event('change', { bubbles: true }));
});

/** The timeline of a case: moving it asks for that moment and keeps the address. */
document.addEventListener('change', (event) => {
  const slider = event.target.closest?.('[data-desk-slider]');
  if (!slider) return;
  const numbers = JSON.parse(slider.dataset.numbers);
  const address = new URL(location.href);
  address.searchParams.set('at', String(numbers[Number(slider.value)]));
  const part = new URL(slider.dataset.deskSlider, location.href);
  part.search = address.search;
  window.htmx.ajax('GET', part.pathname + part.search, { target: '#moment', swap: 'outerHTML' });
  history.replaceState(null, '', address);
});

const start = () => { for (const panel of panels) seen(panel); };
if (document.documentElement.classList.contains('gs-ready')) start();
else window.addEventListener('load', start);
