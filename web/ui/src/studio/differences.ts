/** What this draft changes against the version in force: coloured on the canvas and as sentences. Source: A08. */
import { diff } from 'bpmn-js-differ';
import type { Business, Diagram } from '../bpmn/canvas.ts';
import { translator } from '../bpmn/translate.ts';
import { el, icon, t } from '../kit/page.ts';
import type { Mark, State } from '../viewer/marks.ts';
import { paint } from '../viewer/paint.ts';
import { select } from './problems.ts';

interface Changed { model: Business; attrs: Record<string, { oldValue?: unknown; newValue?: unknown }> }
interface Delta { _added: Record<string, Business>; _removed: Record<string, Business>; _changed: Record<string, Changed>; _layoutChanged: Record<string, Business> }
type Modeler = Diagram & { getDefinitions: () => unknown; get(name: 'moddle'): { fromXML: (xml: string) => Promise<{ rootElement: unknown }> } };
interface Change { id: string; state: State; words: string }

const say = translator();
const KINDS: Record<string, string> = { 'bpmn:UserTask': 'User task', 'bpmn:ServiceTask': 'Service task', 'bpmn:BusinessRuleTask': 'Business rule task', 'bpmn:ScriptTask': 'Script task', 'bpmn:CallActivity': 'Call activity', 'bpmn:SequenceFlow': 'Sequence flow', 'bpmn:ExclusiveGateway': 'Gateway', 'bpmn:ParallelGateway': 'Gateway', 'bpmn:InclusiveGateway': 'Gateway', 'bpmn:StartEvent': 'Start event', 'bpmn:EndEvent': 'End event', 'bpmn:BoundaryEvent': 'Boundary event', 'bpmn:SubProcess': 'Sub-process', 'bpmn:Process': 'Process' };
const ATTRIBUTES: Record<string, [string, string]> = { name: ['名称', 'name'], conditionExpression: ['条件', 'condition'], extensionElements: ['设置', 'settings'], formKey: ['表单', 'form'], candidateGroups: ['候选岗位', 'groups'], topic: ['服务主题', 'topic'], decisionRef: ['决策', 'decision'], calledElement: ['被调用的流程', 'called process'], default: ['缺省连线', 'default flow'], loopCharacteristics: ['会签', 'multi-instance'], sourceRef: ['起点', 'source'], targetRef: ['终点', 'target'], documentation: ['说明', 'documentation'], script: ['计算', 'script'], resultVariable: ['结果名称', 'result'] };

const kind = (b: Business): string => say(KINDS[b.$type] ?? b.$type.replace(/^bpmn:/, ''));
const end = (b: unknown): string => ((b as Business | undefined)?.name || (b as Business | undefined)?.id) ?? '';
/** A flow without a name is told by its ends. */
const title = (b: Business): string => `${kind(b)}「${b.name || (b.$type === 'bpmn:SequenceFlow' ? `${end(b.sourceRef)} → ${end(b.targetRef)}` : b.id)}」`;

/** A value in words; a reference to another element by that element's name. */
function text(value: unknown, names: (id: string) => string): string {
  const v = (value as Business | undefined)?.body ?? (value as Business | undefined)?.name ?? (value as Business | undefined)?.id ?? value;
  return typeof v === 'string' || typeof v === 'number' ? names(String(v).replace(/^#ref:/, '')) : '';
}

function changedWords({ model, attrs }: Changed, names: (id: string) => string): string {
  const parts = Object.entries(attrs).map(([name, { oldValue, newValue }]) => {
    const what = t(...(ATTRIBUTES[name] ?? [name, name]));
    // The library hands the two values over in the other order than it names them.
    const [from, to] = [text(newValue, names), text(oldValue, names)];
    return from || to ? t(`${what} ${from || '（空）'} → ${to || '（空）'}`, `${what} ${from || '(empty)'} → ${to || '(empty)'}`) : what;
  });
  return `${title(model)}${t('：', ': ')}${parts.join(t('；', '; '))}`;
}

async function changes(modeler: Modeler, base: string): Promise<Change[]> {
  const before = (await modeler.get('moddle').fromXML(base)).rootElement;
  const now = (await modeler.get('moddle').fromXML((await modeler.saveXML()).xml)).rootElement;
  const d = diff(before, now) as Delta;
  const names = (id: string): string => modeler.get('elementRegistry').get(id)?.businessObject.name ?? d._removed[id]?.name ?? id;
  const list = (record: Record<string, Business>, state: State, word: string): Change[] => Object.entries(record).map(([id, b]) => ({ id, state, words: `${word} ${title(b)}` }));
  return [...list(d._added, 'added', t('新增', 'Added')), ...list(d._removed, 'removed', t('删除', 'Removed')), ...Object.entries(d._changed).map(([id, c]) => ({ id, state: 'changed' as const, words: changedWords(c, names) })), ...list(d._layoutChanged, 'moved', t('移动', 'Moved')).filter((c) => !(c.id in d._added) && !(c.id in d._changed))];
}

const ICONS: Partial<Record<State, string>> = { added: 'plus', removed: 'minus', changed: 'edit', moved: 'transfer' };

/** Fills the list and colours the canvas; `clear` takes the colours away. */
export function differences(mount: HTMLElement, modeler: Diagram, list: HTMLElement): { show: () => Promise<void>; clear: () => void } {
  const base = mount.dataset.diffBaseUrl ?? `${(mount.dataset.xmlUrl ?? mount.dataset.url ?? '').split('?')[0]}?of=live`;
  return {
    clear: () => paint(modeler, []),
    show: async () => {
      list.replaceChildren(el('li', { class: 'gs-problem__none' }, t('正在比较…', 'Comparing…')));
      try {
        const answer = await fetch(base);
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await changes(modeler as Modeler, await answer.text());
        paint(modeler, found.filter((c) => c.state !== 'removed').map((c): Mark => ({ element_id: c.id, state: c.state })));
        const rows = found.map((c) => el('li', {}, el('button', { type: 'button', class: `gs-problem gs-problem--${c.state}`, click: () => select(modeler, c.id) }, icon(ICONS[c.state] ?? 'edit'), el('span', {}, c.words))));
        list.replaceChildren(...(rows.length ? rows : [el('li', { class: 'gs-problem__none' }, icon('pass'), t('和运行中的版本一样', 'Same as the version in force'))]));
      } catch { list.replaceChildren(el('li', { class: 'gs-problem__none gs-muted' }, icon('info'), t('没有运行中的版本可以比较', 'There is no version in force to compare with'))); }
    },
  };
}
