/** Paints marks on a diagram: shapes by class, flows between painted shapes, badges with counts or words. */
import type { Diagram, Shape } from '../bpmn/canvas.ts';
import { el } from '../kit/page.ts';
import { word, type Mark, type State } from './marks.ts';

const painted = new WeakMap<Diagram, [string, string][]>();
const CASE: State[] = ['done', 'active', 'cancelled', 'future', 'problem'];

function badge(mark: Mark): HTMLElement | undefined {
  const text = mark.label ?? (mark.count && mark.count > 1 ? `×${mark.count}` : '');
  return text ? el('span', { class: `gs-badge gs-badge--${mark.state}`, title: `${word(mark.state)} ${text}` }, text) : undefined;
}

/** A flow was taken when both its ends were reached; one that leads to a place still to come was not. */
function flowTaken(shape: Shape, states: Map<string, State>): boolean {
  const from = states.get(shape.source?.id ?? '');
  const to = states.get(shape.target?.id ?? '');
  return from === 'done' && (to === 'done' || to === 'active' || to === 'cancelled');
}

export function paint(diagram: Diagram, marks: Mark[]): void {
  const canvas = diagram.get('canvas');
  const registry = diagram.get('elementRegistry');
  for (const [id, cls] of painted.get(diagram) ?? []) if (registry.get(id)) canvas.removeMarker(id, cls);
  diagram.get('overlays').remove({ type: 'gs-badge' });
  const done: [string, string][] = [];
  const add = (id: string, cls: string): void => { canvas.addMarker(id, cls); done.push([id, cls]); };
  const states = new Map(marks.map((m) => [m.element_id, m.state]));
  for (const mark of marks) {
    const shape = registry.get(mark.element_id);
    if (!shape) continue;
    add(shape.id, `gs-mark-${mark.state}`);
    if (mark.here) add(shape.id, 'gs-mark-here');
    if (mark.level) add(shape.id, `gs-heat-${Math.max(1, Math.min(5, Math.round(mark.level)))}`);
    const html = badge(mark);
    if (html && !shape.waypoints) diagram.get('overlays').add(shape.id, 'gs-badge', { position: { top: -11, right: 14 }, html });
  }
  if (marks.some((m) => CASE.includes(m.state))) {
    for (const shape of registry.filter((s) => Boolean(s.waypoints) && s.type === 'bpmn:SequenceFlow')) if (!states.has(shape.id) && flowTaken(shape, states)) add(shape.id, 'gs-mark-done');
  }
  painted.set(diagram, done);
}
