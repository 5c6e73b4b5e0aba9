/** The properties panel for analysts: what the engine reads, in business words; the library's technical groups stay away. */
import { TextAreaEntry, TextFieldEntry } from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { useService } from 'bpmn-js-properties-panel';
import type { Business, Shape } from '../bpmn/canvas.ts';
import { HIDDEN_GROUPS } from '../bpmn/zh-panel.ts';
import { t } from '../kit/page.ts';

interface Group { id: string; label?: string; entries?: unknown[]; [key: string]: unknown }
interface Modeling { updateProperties: (shape: Shape, values: object) => void; updateModdleProperties: (shape: Shape, target: unknown, values: object) => void }
interface Moddle { create: (type: string, values?: object) => Business }
interface Field { name: string; label: string; hint?: string; long?: boolean }

/** Properties of the whole process, as the engine reads them. */
const PROCESS: Field[] = [
  { name: 'title', label: t('事项名称', 'Title') }, { name: 'title.en', label: t('英文名称', 'English title') }, { name: 'legal_basis', label: t('法律依据', 'Legal basis'), long: true },
  { name: 'start.groups', label: t('谁可以发起（岗位）', 'Who may start') , hint: t('多个岗位用英文逗号隔开', 'Groups, comma separated') }, { name: 'start.channels', label: t('从哪里发起', 'Channels') }, { name: 'start.form', label: t('申请表单', 'Start form') },
  { name: 'deadline.working_days', label: t('总时限（工作日）', 'Deadline (working days)') }, { name: 'case_number_rule', label: t('办件编号规则', 'Case number'), hint: '{yyyymmdd} {seq:4}' },
  { name: 'case.title', label: t('办件标题（FEEL）', 'Case title (FEEL)') }, { name: 'case.applicant_name', label: t('申请人（FEEL）', 'Applicant (FEEL)') }, { name: 'case.org_unit', label: t('办理单位（FEEL）', 'Office (FEEL)') },
];

const processOf = (shape: Shape): Business | undefined => { const b = shape.businessObject; return b.$type === 'bpmn:Process' ? b : (b.get('processRef') as Business | undefined); };
const propertiesOf = (business: Business): Business | undefined => ((business.get('extensionElements') as { values?: Business[] } | undefined)?.values ?? []).find((v) => v.$type === 'camunda:Properties');
const valueOf = (business: Business, name: string): string => String(((propertiesOf(business)?.get('values') as Business[] | undefined) ?? []).find((p) => p.name === name)?.value ?? '');

/** Writes one camunda:property, making the containers that are missing; an empty value takes the property away. */
function write(shape: Shape, business: Business, name: string, value: string | undefined, modeling: Modeling, moddle: Moddle): void {
  let extension = business.get('extensionElements') as (Business & { values?: Business[] }) | undefined;
  if (!extension) { extension = moddle.create('bpmn:ExtensionElements', { values: [] }); (extension as Record<string, unknown>).$parent = business; modeling.updateModdleProperties(shape, business, { extensionElements: extension }); }
  let list = propertiesOf(business);
  if (!list) { list = moddle.create('camunda:Properties', { values: [] }); (list as Record<string, unknown>).$parent = extension; modeling.updateModdleProperties(shape, extension, { values: [...(extension.values ?? []), list] }); }
  const others = ((list.get('values') as Business[] | undefined) ?? []).filter((p) => p.name !== name);
  const mine = value ? [moddle.create('camunda:Property', { name, value })] : [];
  modeling.updateModdleProperties(shape, list, { values: [...others, ...mine] });
}

function processField(field: Field): (props: { element: Shape; id: string }) => unknown {
  return ({ element, id }) => {
    const modeling = useService('modeling') as Modeling;
    const moddle = useService('moddle') as Moddle;
    const debounce = useService('debounceInput') as unknown;
    const business = processOf(element)!;
    const props = { element, id, label: field.label, description: field.hint, debounce, getValue: () => valueOf(business, field.name), setValue: (v: string | undefined) => write(element, business, field.name, v, modeling, moddle) };
    return h((field.long ? TextAreaEntry : TextFieldEntry) as never, { ...props, rows: 2 } as never);
  };
}

function Condition({ element, id }: { element: Shape; id: string }): unknown {
  const modeling = useService('modeling') as Modeling;
  const moddle = useService('moddle') as Moddle;
  const debounce = useService('debounceInput') as unknown;
  const business = element.businessObject;
  const now = (): string => String((business.get('conditionExpression') as Business | undefined)?.body ?? '');
  const set = (body: string | undefined): void => modeling.updateProperties(element, { conditionExpression: body ? moddle.create('bpmn:FormalExpression', { body }) : undefined });
  return h(TextAreaEntry as never, { element, id, label: t('走这条的条件（FEEL）', 'Condition (FEEL)'), description: t('例如 review.outcome = "approve"；作为“其余情况”的连线不写条件。', 'For example review.outcome = "approve"'), debounce, rows: 3, monospace: true, getValue: now, setValue: set } as never);
}

const GATES = new Set(['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway']);
const branches = (shape: Shape): boolean => shape.type === 'bpmn:SequenceFlow' && (GATES.has(shape.source?.type ?? '') || /Task|Activity|SubProcess/.test(shape.source?.type ?? ''));

class BusinessProvider {
  static $inject = ['propertiesPanel'];
  constructor(panel: { registerProvider: (priority: number, provider: object) => void }) { panel.registerProvider(200, this); }

  getGroups(element: Shape): (groups: Group[]) => Group[] {
    return (groups) => {
      const kept = groups.filter((g) => !HIDDEN_GROUPS.has(g.id) && !(g.id === 'CamundaPlatform__Condition' && element.type === 'bpmn:SequenceFlow'));
      for (const g of kept) if (g.id === 'ElementTemplates__CustomProperties' || g.id === 'CamundaPlatform__Form') g.shouldOpen = true;
      const made: Group[] = [];
      if (processOf(element)) made.push({ id: 'gs-process', label: t('流程信息', 'Process'), entries: PROCESS.map((f) => ({ id: `gs-${f.name}`, component: processField(f), isEdited: () => false })) });
      if (branches(element)) made.push({ id: 'gs-condition', label: t('条件', 'Condition'), entries: [{ id: 'gs-condition-text', component: Condition, isEdited: () => false }] });
      const at = kept.findIndex((g) => g.id === 'documentation');
      kept.splice(at < 0 ? kept.length : at, 0, ...made.map((g) => ({ ...g, element, shouldOpen: true })));
      return kept;
    };
  }
}

export const businessModule = { __init__: ['gsBusiness'], gsBusiness: ['type', BusinessProvider] };
