/** Business steps (element templates): our own file unless the page names another; texts become choices where the system knows the answers. */
import shipped from '../../../../processes/templates/gov.json';
import type { Diagram } from '../bpmn/canvas.ts';

interface Choice { name: string; value: string }
interface Property { label?: string; type: string; value?: string; binding: { type: string; name?: string }; choices?: Choice[]; [key: string]: unknown }
export interface Template { id: string; name: string; appliesTo: string[]; properties: Property[]; isDefault?: boolean; [key: string]: unknown }
export interface Known { forms?: unknown; decisions?: unknown; topics?: unknown; processes?: unknown; groups?: unknown }

/** Lists come as names, as pairs, as records or as a dictionary from code to name. */
function choices(given: unknown): Choice[] {
  if (Array.isArray(given)) {
    return given.map((x) => (Array.isArray(x) ? { value: String(x[0]), name: String(x[1] ?? x[0]) } : typeof x === 'object' && x ? { value: String((x as Record<string, unknown>).key ?? (x as Record<string, unknown>).value), name: String((x as Record<string, unknown>).name ?? (x as Record<string, unknown>).key) } : { value: String(x), name: String(x) }));
  }
  return Object.entries((given ?? {}) as Record<string, unknown>).map(([value, name]) => ({ value, name: String(name) }));
}

const SOURCES: Record<string, keyof Known> = { 'camunda:formKey': 'forms', 'camunda:decisionRef': 'decisions', 'camunda:topic': 'topics', calledElement: 'processes', 'camunda:candidateGroups': 'groups' };

/** A text with known answers becomes a list; values that the diagram already has stay choosable. */
function withChoices(property: Property, known: Known, used: (name: string) => string[]): Property {
  const name = property.binding.name ?? '';
  const source = property.binding.type === 'property' ? SOURCES[name] : undefined;
  const list = source ? choices(known[source]) : [];
  if (property.type !== 'String' || !list.length) return property;
  const more = used(name).filter((v) => v && !list.some((c) => c.value === v)).map((v) => ({ value: v, name: v }));
  const named = [...list, ...more].map((c) => ({ value: c.value, name: c.name === c.value ? c.name : `${c.name}（${c.value}）` }));
  return { ...property, type: 'Dropdown', choices: [{ name: '（未选）', value: '' }, ...named] };
}

function valuesIn(diagram: Diagram): (name: string) => string[] {
  return (name) => diagram.get('elementRegistry').getAll().map((s) => s.businessObject?.get?.(name.replace(/^camunda:/, 'camunda:'))).filter((v): v is string => typeof v === 'string');
}

export async function templatesFor(mount: HTMLElement, diagram: Diagram): Promise<Template[]> {
  const url = mount.dataset.templatesUrl;
  const list = url ? ((await (await fetch(url)).json()) as Template[]) : (shipped as unknown as Template[]);
  const known = JSON.parse(document.getElementById('studio-options')?.textContent || '{}') as Known;
  const used = valuesIn(diagram);
  // Diagrams name their business step without a version: then the one that is shipped is meant.
  const versioned = diagram.get('elementRegistry').getAll().some((s) => s.businessObject?.get?.('camunda:modelerTemplateVersion') !== undefined);
  const only = (type: string): boolean => list.filter((x) => x.appliesTo.includes(type)).length === 1;
  return list.map((template) => ({
    ...template,
    version: versioned ? template.version : undefined,
    // A new step of a kind that has one business step is that step from the start.
    isDefault: template.isDefault ?? (template.appliesTo.length === 1 && only(template.appliesTo[0]!)),
    properties: template.properties.map((p) => withChoices(p, known, used)),
  }));
}
