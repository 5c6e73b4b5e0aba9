/** Mounts a read-only diagram on every `[data-gs-viewer]`: path taken, where the case stands, differences; changes nothing. */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import './viewer.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import Viewer from 'bpmn-js/lib/Viewer';
import { fit, fitSmall, show, type Diagram } from './bpmn/canvas.ts';
import { each, el, icon, t } from './kit/page.ts';
import { legendOf, listOf } from './viewer/list.ts';
import { marksOf, type Mark } from './viewer/marks.ts';
import { paint } from './viewer/paint.ts';

const words = { translate: ['value', (text: string, more: Record<string, string> = {}) => ({ 'Open {element}': t('打开 {element}', 'Open {element}') }[text] ?? text).replace(/\{([^}]+)\}/g, (_m, k: string) => more[k] ?? k)] };

async function load<T>(source: string, read: (answer: Response) => Promise<T>): Promise<T> {
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${source}: ${answer.status}`);
  return read(answer);
}

/** Marks stand in a script of the page (`#id`) or behind an address. */
async function marksFrom(source: string | undefined): Promise<Mark[]> {
  if (!source) return [];
  if (source.startsWith('#')) return marksOf(JSON.parse(document.querySelector(source)?.textContent || '[]'));
  return marksOf(await load(source, (a) => a.json() as Promise<unknown>));
}

function tools(diagram: Diagram): HTMLElement {
  const canvas = diagram.get('canvas');
  const button = (name: string, label: string, click: () => void): HTMLElement => el('button', { type: 'button', class: 'gs-btn gs-btn--icon', 'aria-label': label, title: label, click }, icon(name));
  return el('div', { class: 'gs-viewer__tools gs-btn-group' },
    button('zoom-in', t('放大', 'Zoom in'), () => canvas.zoom(canvas.viewbox().scale * 1.25)),
    button('zoom-out', t('缩小', 'Zoom out'), () => canvas.zoom(canvas.viewbox().scale / 1.25)),
    button('fit', t('适合窗口', 'Fit'), () => fit(diagram)));
}

/** The thumbnail opens the whole diagram; it is the same mount in a dialog. */
function enlarge(mount: HTMLElement, xml: string, marks: Mark[]): void {
  const place = el('div', { class: 'gs-viewer gs-viewer--dialog' });
  const dialog = el('dialog', { class: 'gs-dialog gs-dialog--full', 'aria-label': t('流程图', 'Diagram') },
    el('div', { class: 'gs-dialog__head' }, el('h2', {}, t('流程图与已走路径', 'Diagram and path taken')), el('button', { type: 'button', class: 'gs-close', 'data-gs-close': true, 'aria-label': t('关闭', 'Close') }, icon('close'))), place);
  document.body.append(dialog);
  dialog.addEventListener('close', () => { dialog.remove(); mount.focus(); });
  dialog.showModal();
  void draw(place, xml, marks, false);
}

async function draw(mount: HTMLElement, xml: string, first: Mark[], thumb: boolean): Promise<void> {
  const stage = el('div', { class: 'gs-viewer__stage' });
  const below = el('div', { class: thumb ? 'gs-sr' : 'gs-viewer__below' });
  mount.replaceChildren(stage, below);
  const options = { container: stage, additionalModules: [words] };
  const diagram = (thumb ? new Viewer(options) : new NavigatedViewer(options)) as unknown as Diagram;
  await diagram.importXML(xml);
  let marks = first;
  const apply = (next: Mark[]): void => {
    marks = next;
    paint(diagram, marks);
    const list = listOf(diagram, marks);
    below.replaceChildren(...(thumb ? [list] : [legendOf(marks), el('details', {}, el('summary', {}, t('用文字列出', 'As a list')), list)]));
  };
  const place = (): void => (thumb ? fitSmall(diagram, marks.find((m) => m.state === 'active')?.element_id ?? marks[0]?.element_id) : fit(diagram));
  apply(marks);
  place();
  if (thumb) {
    const words = mount.getAttribute('aria-label') ?? t('流程图', 'Diagram');
    mount.removeAttribute('aria-label');
    const button = el('button', { type: 'button', class: 'gs-viewer__open', 'aria-label': t(`放大${words}`, `Enlarge: ${words}`), title: t('放大', 'Enlarge') }, icon('fit'));
    mount.append(button);
    mount.addEventListener('click', (e) => { if (!(e.target as Element).closest('a')) enlarge(button, xml, marks); });
  } else {
    stage.append(tools(diagram));
    diagram.get('eventBus').on('element.click', ({ element }) => { if (element) mount.dispatchEvent(new CustomEvent('gs:select', { bubbles: true, detail: { element_id: element.id, name: element.businessObject.name } })); });
  }
  mount.addEventListener('gs:mark', (e) => apply(marksOf((e as CustomEvent<unknown>).detail)));
  mount.addEventListener('gs:focus', (e) => show(diagram, (e as CustomEvent<{ element_id: string }>).detail.element_id));
  // A viewer in a hidden tab has no size; it fits itself when it is first seen.
  new ResizeObserver(() => { if (stage.clientWidth) place(); }).observe(stage);
  mount.dataset.gsReady = '';
  mount.dispatchEvent(new CustomEvent('gs:ready', { bubbles: true }));
}

each<HTMLElement>('[data-gs-viewer]', (mount) => {
  mount.classList.add('gs-viewer');
  const thumb = mount.dataset.gsViewerMode === 'thumb';
  const source = mount.dataset.xmlUrl ?? mount.dataset.url ?? '';
  void (async () => {
    try {
      const [xml, marks] = await Promise.all([source.startsWith('#') ? Promise.resolve(document.querySelector(source)?.textContent ?? '') : load(source, (a) => a.text()), marksFrom(mount.dataset.marks)]);
      await draw(mount, xml, marks, thumb);
    } catch { mount.replaceChildren(el('p', { class: 'gs-muted gs-viewer__failed' }, icon('fault'), t(' 流程图暂时无法显示', ' The diagram cannot be shown now'))); }
  })();
});
