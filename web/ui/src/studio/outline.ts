/** Everything on the diagram as a list, and connecting by choosing a name: all that the mouse does goes without dragging. Source: A02. */
import type { Diagram, Shape } from '../bpmn/canvas.ts';
import { el, icon, t } from '../kit/page.ts';
import { select } from './problems.ts';

const NODE = /Task$|Activity$|Gateway$|Event$|SubProcess$/;
const nodes = (diagram: Diagram): Shape[] => diagram.get('elementRegistry').filter((s) => NODE.test(s.type) && !s.labelTarget);
const words = (s: Shape): string => s.businessObject.name || s.id;

export function fillOutline(diagram: Diagram, list: HTMLElement): void {
  list.replaceChildren(...nodes(diagram).sort((a, b) => a.y - b.y || a.x - b.x).map((s) => el('li', {}, el('button', { type: 'button', class: 'gs-problem', click: () => select(diagram, s.id) }, icon('dot'), el('span', { class: 'gs-problem__where' }, words(s)), el('span', { class: 'gs-muted' }, s.id)))));
}

interface Modeling { connect: (from: Shape, to: Shape) => Shape | undefined }
type WithModeling = Diagram & { get(name: 'modeling'): Modeling };

/** Opens a dialog with all other nodes; the chosen one becomes the end of a new flow. */
export function connectDialog(diagram: Diagram): void {
  const from = diagram.get('selection').get()[0];
  if (!from || !NODE.test(from.type)) return;
  const choice = el('select', { class: 'gs-select', id: 'gs-connect-to', size: 8, autofocus: true }, ...nodes(diagram).filter((s) => s !== from && s.type !== 'bpmn:StartEvent' && s.type !== 'bpmn:BoundaryEvent').map((s) => el('option', { value: s.id }, words(s))));
  const form = el('form', { method: 'dialog' },
    el('div', { class: 'gs-dialog__head' }, el('h2', {}, t(`从「${words(from)}」连到`, `Connect “${words(from)}” to`))), el('div', { class: 'gs-dialog__body' }, el('label', { for: 'gs-connect-to', class: 'gs-sr' }, t('连到哪个环节', 'Which step')), choice),
    el('div', { class: 'gs-dialog__foot' }, el('button', { class: 'gs-btn', type: 'button', 'data-gs-close': true }, t('取消', 'Cancel')), el('button', { class: 'gs-btn gs-btn--primary' }, t('连线', 'Connect'))));
  const dialog = el('dialog', { class: 'gs-dialog', 'aria-label': t('连线', 'Connect') }, form);
  form.addEventListener('submit', () => {
    const to = diagram.get('elementRegistry').get(choice.value);
    const made = to && (diagram as WithModeling).get('modeling').connect(from, to);
    if (made) diagram.get('selection').select(made);
  });
  choice.addEventListener('dblclick', () => form.requestSubmit());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
