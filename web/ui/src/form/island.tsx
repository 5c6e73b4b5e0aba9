/** One form on a page: draws it, keeps its value in a hidden field of the page's own form, judges it when that form is sent. */
import Form from '@rjsf/core/lib/components/Form.js';
import { TranslatableString } from '@rjsf/utils';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { english, t } from '../kit/page.ts';
import { cleaned } from './clean.ts';
import { faults, type Fault } from './faults.ts';
import { FilesWidget, FileWidget } from './files.tsx';
import { judge } from './judge.ts';
import { prepare, type Access, type Ui } from './prepare.ts';
import { Parts, usePart } from './parts.tsx';
import type { FormContext, Value } from './registry.ts';
import { ArrayFieldItemTemplate, ArrayFieldTemplate } from './rows.tsx';
import { forOutcome, parts, type Schema } from './schema.ts';
import { focusAddress, focusField, Summary } from './summary.tsx';
import { FieldTemplate, ObjectFieldTemplate } from './templates.tsx';
import { CheckboxesWidget, CheckboxWidget, DateWidget, HiddenWidget, RadioWidget, SelectWidget, TextareaWidget, TextWidget } from './widgets.tsx';

const Nothing = (): null => null;
const widgets = { TextWidget, TextareaWidget, DateWidget, SelectWidget, RadioWidget, CheckboxWidget, CheckboxesWidget, HiddenWidget, EmailWidget: TextWidget, URLWidget: TextWidget, UpDownWidget: TextWidget, 'gs-file': FileWidget, 'gs-files': FilesWidget } as never;
const templates = { FieldTemplate, ObjectFieldTemplate, ArrayFieldTemplate, ArrayFieldItemTemplate, ErrorListTemplate: Nothing, FieldErrorTemplate: Nothing, DescriptionFieldTemplate: Nothing, FieldHelpTemplate: Nothing, ButtonTemplates: { SubmitButton: Nothing } } as never;
const WORDS: Partial<Record<TranslatableString, [string, string]>> = { [TranslatableString.YesLabel]: ['是', 'Yes'], [TranslatableString.NoLabel]: ['否', 'No'] };
const translate = (key: TranslatableString): string => WORDS[key]?.[english() ? 1 : 0] ?? key;
/** Optional groups that nobody touched stay away; required ones are there so that each field asks for itself.
 * A constant is never filled in: a declaration that must be true is ticked by the person alone. */
const DEFAULTS = { constAsDefaults: 'never' as const, emptyObjectFields: 'populateRequiredDefaults' as const, arrayMinItems: { populate: 'requiredOnly' as const } };

export interface Mounted {
  schema: Schema; ui: Ui; value: Value; access: Access; errors: Fault[]; readonly: boolean; host: HTMLFormElement | null; hidden: HTMLInputElement;
  context: Omit<FormContext, 'sections' | 'part'>; save: (value: Value) => void;
}

function errorSchema(list: Fault[]): object {
  const root: Record<string, unknown> = {};
  for (const { path, message } of list) {
    let node = root;
    for (const part of parts(path)) node = (node[part] ??= {}) as Record<string, unknown>;
    node.__errors = [...((node.__errors as string[]) ?? []), message];
  }
  return root;
}

const outcomeOf = (host: HTMLFormElement | null, submitter?: Element | null): string => {
  const pressed = submitter instanceof HTMLButtonElement && submitter.name === 'outcome' ? submitter.value : '';
  return pressed || String(host ? (new FormData(host).get('outcome') ?? '') : '');
};

function title(wrong: boolean): void {
  const plain = document.title.replace(/^(错误：|Error: )/, '');
  document.title = wrong ? t('错误：', 'Error: ') + plain : plain;
}

export function Island(m: Mounted) {
  const [value, setValue] = useState<Value>(m.value);
  const [wrong, setWrong] = useState<Fault[]>(m.errors);
  const [told, setTold] = useState(0);
  const prepared = useMemo(() => prepare(m.schema, m.ui, m.access), []);
  const live = useRef(value);
  const part = usePart(prepared.sections, m.readonly);
  live.current = value;

  const keep = (next: Value): void => {
    live.current = next;
    setValue(next);
    m.hidden.value = JSON.stringify(next);
    m.save(next);
  };
  const check = (only: string[] | null, submitter?: Element | null): boolean => {
    const tidy = (cleaned(live.current, m.schema) ?? {}) as Value;
    const all = faults(forOutcome(m.schema, outcomeOf(m.host, submitter)), tidy, prepared.locked);
    const found = only ? all.filter((f) => only.includes(parts(f.path)[0] ?? '')) : all;
    live.current = tidy;
    setValue(tidy);
    m.hidden.value = JSON.stringify(tidy);
    setWrong(found);
    title(found.length > 0);
    document.querySelectorAll<HTMLElement>('[data-gs-summary]').forEach((s) => { s.hidden = true; });
    if (found.length) { setTold((n) => n + 1); part.showFor(found[0]!.path); }
    return !found.length;
  };

  useEffect(() => focusAddress(part.showFor, Object.keys(prepared.schema.properties ?? {})), []);
  useEffect(() => {
    const onSubmit = (event: SubmitEvent): void => {
      if (event.submitter instanceof HTMLButtonElement && event.submitter.formNoValidate) return;
      if (!m.readonly && !check(null, event.submitter)) event.preventDefault();
    };
    // A draft that came back: the hidden field was filled from outside.
    const onBack = (): void => { if (m.hidden.value && m.hidden.value !== JSON.stringify(live.current)) { live.current = JSON.parse(m.hidden.value) as Value; setValue(live.current); } };
    m.host?.addEventListener('submit', onSubmit);
    m.hidden.addEventListener('change', onBack);
    return () => { m.host?.removeEventListener('submit', onSubmit); m.hidden.removeEventListener('change', onBack); };
  }, []);

  const context: FormContext = { ...m.context, sections: prepared.sections, part: part.shown };
  const outside = Boolean(document.querySelector('[data-gs-summary]:not([hidden])')) && !told;
  return (
    <div class="gs-form">
      {!outside && <Summary faults={wrong} told={told} schema={m.schema} go={(path) => { part.showFor(path); setTimeout(() => focusField(path)); }} />}
      <Form tagName="div" schema={prepared.schema as never} uiSchema={prepared.ui as never} validator={judge as never} formData={value} formContext={context as never} widgets={widgets} templates={templates}
        idPrefix="f" idSeparator="-" noValidate noHtml5Validate showErrorList={false} readonly={m.readonly} extraErrors={errorSchema(wrong) as never} translateString={translate as never}
        experimental_defaultFormStateBehavior={DEFAULTS} onChange={(e: { formData?: unknown }) => keep((e.formData ?? {}) as Value)}>
        {[]}
      </Form>
      <Parts part={part} sections={prepared.sections} check={check} host={m.host} />
    </div>
  );
}
