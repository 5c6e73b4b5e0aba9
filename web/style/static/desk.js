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
/** The timeline of a case: one place for the slider, its buttons, the arrow keys and every link to an event. */
const slider = document.querySelector('[data-desk-slider]');
const moments = slider ? JSON.parse(document.querySelector(slider.dataset.moments).textContent) : [];
let asked;

function show(index) {
  const place = Math.max(0, Math.min(moments.length - 1, index));
  const [seq, words] = moments[place];
  slider.value = String(place);
  slider.setAttribute('aria-valuetext', words);
  document.querySelector('[data-desk-output]').textContent = `${place + 1} / ${moments.length}　${words}`;
  for (const input of document.querySelectorAll('[data-desk-here]')) input.value = String(seq);
  clearTimeout(asked);
  asked = setTimeout(() => {
    const address = new URL(location.href);
    address.searchParams.set('at', String(seq));
    window.htmx.ajax('GET', slider.dataset.deskSlider + address.search, { target: '#moment', swap: 'outerHTML' });
    history.replaceState(null, '', address);
  }, 60);
}

if (slider) {
  slider.addEventListener('input', () => show(Number(slider.value)));
  document.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest('[data-desk-at], [data-desk-step]');
    if (!link) return;
    const index = link.dataset.deskAt ? moments.findIndex(([seq]) => seq === Number(link.dataset.deskAt)) : Number(slider.value) + Number(link.dataset.deskStep);
    if (index < 0) return;
    event.preventDefault();
    show(index);
  });
  document.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.target === slider || event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, textarea, select, dialog, [data-gs-viewer]')) return;
    event.preventDefault();
    show(Number(slider.value) + step);
  });
  document.addEventListener('htmx:afterSwap', () => {
    const marks = document.getElementById('moment-marks');
    const diagram = document.querySelector('[data-desk-diagram]');
    if (marks && diagram) {
      const detail = JSON.parse(marks.textContent);
      diagram.dispatchEvent(new CustomEvent('gs:mark', { detail }));
      if (detail.at) diagram.dispatchEvent(new CustomEvent('gs:focus', { detail: { element_id: detail.at } }));
    }
    const list = document.querySelector('.gs-desk-events');
    const current = list?.querySelector('[aria-current]');
    if (current) list.scrollTop = current.offsetTop - list.offsetTop - list.clientHeight / 2;
  });
}

/** A sentence about an element shows it on every diagram of the page. */
function focusOn(event) {
  const line = event.target.closest?.('[data-desk-focus]');
  if (!line || (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ')) return;
  if (event.type === 'keydown') event.preventDefault();
  for (const viewer of document.querySelectorAll('[data-gs-viewer]')) viewer.dispatchEvent(new CustomEvent('gs:focus', { detail: { element_id: line.dataset.deskFocus } }));
}
document.addEventListener('click', focusOn);
document.addEventListener('keydown', focusOn);

const start = () => { for (const panel of panels) seen(panel); };
if (document.documentElement.classList.contains('gs-ready')) start();
else window.addEventListener('load', start);
