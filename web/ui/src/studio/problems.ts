/** The problem list: drawing rules at once, the engine's own findings shortly after; a click selects the element. Source: A04. */
import { show, type Diagram } from '../bpmn/canvas.ts';
import { csrfHeader, el, english, icon, t } from '../kit/page.ts';
import { drawingProblems, type Problem } from './lint.ts';

interface Said { problems?: Problem[] }
const named = (diagram: Diagram, id: string): string => { const b = diagram.get('elementRegistry').get(id)?.businessObject; return b?.name || id; };

export function select(diagram: Diagram, id: string): void {
  const shape = diagram.get('elementRegistry').get(id);
  if (!shape) return;
  show(diagram, id);
  diagram.get('selection').select(shape);
}

async function engineProblems(mount: HTMLElement, xml: string): Promise<Problem[]> {
  const url = mount.dataset.problemsUrl ?? mount.dataset.lintUrl;
  if (!url) return [];
  const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...csrfHeader(mount.dataset.csrf) }, body: JSON.stringify({ xml }) });
  if (!answer.ok) throw new Error(String(answer.status));
  const said = (await answer.json()) as Said | Problem[];
  return (Array.isArray(said) ? said : said.problems ?? []).map((p) => ({ ...p, source: 'engine' as const }));
}

/** The engine's word wins where both speak of the same element in the same sense. */
function merged(drawing: Problem[], engine: Problem[]): Problem[] {
  const errors = new Set(engine.filter((p) => p.severity === 'error').map((p) => p.element_id));
  const all = [...engine, ...drawing.filter((p) => !(p.severity === 'error' && errors.has(p.element_id)))];
  return all.sort((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
}

function mark(diagram: Diagram, problems: Problem[]): void {
  const registry = diagram.get('elementRegistry');
  const canvas = diagram.get('canvas');
  for (const s of registry.getAll()) for (const cls of ['gs-lint-error', 'gs-lint-warning']) canvas.removeMarker(s.id, cls);
  diagram.get('overlays').remove({ type: 'gs-lint' });
  const worst = new Map<string, Problem[]>();
  for (const p of problems) if (registry.get(p.element_id)) worst.set(p.element_id, [...(worst.get(p.element_id) ?? []), p]);
  for (const [id, list] of worst) {
    const bad = list.some((p) => p.severity === 'error');
    canvas.addMarker(id, bad ? 'gs-lint-error' : 'gs-lint-warning');
    const shape = registry.get(id)!;
    if (!shape.waypoints && shape.parent) diagram.get('overlays').add(id, 'gs-lint', { position: { bottom: 8, left: -8 }, html: el('span', { class: `gs-lint gs-lint--${bad ? 'error' : 'warning'}`, title: list.map((p) => p.message).join('\n') }, icon(bad ? 'fail' : 'warn')) });
  }
}

export interface Checker { changed: () => void; now: () => Promise<Problem[]> }

export function checker(mount: HTMLElement, diagram: Diagram & { getDefinitions: () => unknown }, list: HTMLElement, count: (errors: number, warnings: number) => void): Checker {
  let [timer, turn] = [0, 0];
  const draw = (problems: Problem[], note = ''): void => {
    mark(diagram, problems);
    const errors = problems.filter((p) => p.severity === 'error').length;
    count(errors, problems.length - errors);
    const rows = problems.map((p) => el('li', {}, el('button', { type: 'button', class: `gs-problem gs-problem--${p.severity}`, click: () => select(diagram, p.element_id) },
      icon(p.severity === 'error' ? 'fail' : 'warn'), el('span', { class: 'gs-sr' }, p.severity === 'error' ? t('错误：', 'Error: ') : t('提醒：', 'Warning: ')),
      el('span', { class: 'gs-problem__where' }, named(diagram, p.element_id)), el('span', {}, (english() && p.message_en) || p.message), el('span', { class: 'gs-muted gs-push' }, p.line ? t(`第 ${p.line} 行`, `line ${p.line}`) : ''))));
    const empty = el('li', { class: 'gs-problem__none' }, icon('pass'), t('没有问题', 'No problems'));
    list.replaceChildren(...(note ? [el('li', { class: 'gs-problem__none gs-muted' }, icon('fault'), note)] : []), ...(rows.length ? rows : note ? [] : [empty]));
    mount.dispatchEvent(new CustomEvent('gs:problems', { bubbles: true, detail: { problems, errors } }));
  };
  const now = async (): Promise<Problem[]> => {
    clearTimeout(timer);
    const mine = ++turn;
    const drawing = await drawingProblems(diagram.getDefinitions());
    try {
      const { xml } = await diagram.saveXML({ format: true });
      const engine = await engineProblems(mount, xml);
      const all = merged(drawing, engine);
      if (mine === turn) draw(all);
      return all;
    } catch {
      if (mine === turn) draw(drawing, t('引擎检查暂时没有回答，下面只有画图规则的结果', 'The engine did not answer; only drawing rules are shown'));
      return drawing;
    }
  };
  return { now, changed: () => { clearTimeout(timer); timer = window.setTimeout(() => void now(), 900); } };
}
