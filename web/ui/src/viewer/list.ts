/** The same as the colours say, as a list in words: for screen readers always, for everybody behind one click. */
import type { Diagram } from '../bpmn/canvas.ts';
import { el, t } from '../kit/page.ts';
import { word, type Mark, type State } from './marks.ts';

export function listOf(diagram: Diagram, marks: Mark[]): HTMLOListElement {
  const registry = diagram.get('elementRegistry');
  const items = marks.flatMap((m) => {
    const business = registry.get(m.element_id)?.businessObject;
    if (!business || business.$type === 'bpmn:SequenceFlow' || (!business.name && m.state === 'done')) return [];
    const more = [m.label, m.count && m.count > 1 ? t(`${m.count} 次`, `${m.count} times`) : ''].filter(Boolean).join(t('，', ', '));
    return [el('li', {}, `${business.name ?? m.element_id}${t('：', ': ')}${word(m.state)}${more ? t(`（${more}）`, ` (${more})`) : ''}`)];
  });
  return el('ol', { class: 'gs-viewer__list' }, ...(items.length ? items : [el('li', {}, t('还没有办理记录', 'Nothing has happened yet'))]));
}

export function legendOf(marks: Mark[]): HTMLElement {
  const states = [...new Set(marks.map((m) => m.state))];
  return el('ul', { class: 'gs-viewer__legend', 'aria-hidden': 'true' }, ...states.map((s: State) => el('li', {}, el('span', { class: `gs-swatch gs-swatch--${s}` }), word(s))));
}
