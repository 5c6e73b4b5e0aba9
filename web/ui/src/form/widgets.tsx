/** Inputs of the sheet. Read-only ones are text: what cannot be changed does not look like a field. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { narrow, normaliseNumber, normaliseText } from '../formats.ts';
import { t } from '../kit/page.ts';
import { Icon } from './icon.tsx';
import type { FormContext } from './registry.ts';

interface Option { value: unknown; label: string }
export interface WidgetProps {
  id: string; value: unknown; label: string; placeholder?: string; required?: boolean; readonly?: boolean; disabled?: boolean; autofocus?: boolean;
  rawErrors?: string[]; schema: Record<string, unknown>; options: { enumOptions?: Option[]; [key: string]: unknown };
  onChange: (value: unknown) => void; onBlur: (id: string, value: unknown) => void; registry: { formContext: FormContext };
}

export function aria(p: WidgetProps): JSX.HTMLAttributes<HTMLInputElement> {
  const wrong = Boolean(p.rawErrors?.length);
  const described = [p.schema.description ? `${p.id}-hint` : '', wrong ? `${p.id}-error` : ''].filter(Boolean).join(' ');
  const cell = p.options.cell === true;
  return { 'aria-invalid': wrong || undefined, 'aria-describedby': described || undefined, 'aria-required': p.required || undefined, 'aria-label': cell ? p.label : undefined };
}

const locked = (p: WidgetProps): boolean => Boolean(p.readonly || p.disabled);
const Text = ({ p, text }: { p: WidgetProps; text: string }) => <span id={p.id} class={text ? '' : 'gs-muted'}>{text || '—'}</span>;
const shown = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'boolean' ? (value ? t('是', 'Yes') : t('否', 'No')) : String(value));

const AUTOCOMPLETE: Record<string, string> = { 'cn-mobile': 'tel', 'cn-name': 'name', email: 'email' };
const LONG = new Set(['cn-id-card', 'person-number', 'cn-uscc', 'cn-bank-card', 'hk-mo-tw-residence']);
const DIGITS = new Set(['cn-mobile', 'cn-bank-card', 'date']);

export function TextWidget(p: WidgetProps) {
  if (locked(p)) return <Text p={p} text={shown(p.value)} />;
  const number = p.schema.type === 'number' || p.schema.type === 'integer';
  const format = p.schema.format as string | undefined;
  const tidy = (text: string): unknown => (number ? normaliseNumber(text) : normaliseText(text, format)) || undefined;
  const unit = (p.options.unit ?? p.schema['x-unit']) as string | undefined;
  const input = (
    <input class={`gs-input${number ? ' gs-input--num' : ''}`} id={p.id} data-long={LONG.has(format ?? '') || undefined} type="text" value={shown(p.value)} placeholder={p.placeholder}
      inputMode={number ? 'decimal' : DIGITS.has(format ?? '') ? 'numeric' : undefined} autocomplete={String(p.options.autocomplete ?? AUTOCOMPLETE[format ?? ''] ?? 'off')} spellcheck={false} autofocus={p.autofocus} {...aria(p)}
      onInput={(e) => p.onChange(e.currentTarget.value === '' ? undefined : number ? narrow(e.currentTarget.value) : e.currentTarget.value)}
      onBlur={(e) => { const value = tidy(e.currentTarget.value); if (shown(value) !== shown(p.value)) p.onChange(value); p.onBlur(p.id, value); }} />
  );
  return unit ? <div class="gs-affix">{input}<span>{unit}</span></div> : input;
}

export function TextareaWidget(p: WidgetProps) {
  if (locked(p)) return <Text p={p} text={shown(p.value)} />;
  const most = p.schema.maxLength as number | undefined;
  return (
    <>
      <textarea class="gs-textarea" id={p.id} rows={Number(p.options.rows ?? 3)} value={shown(p.value)} {...(aria(p) as object)} onInput={(e) => p.onChange(e.currentTarget.value || undefined)} />
      {most ? <span class="gs-hint">{t(`${[...shown(p.value)].length} / ${most} 字`, `${[...shown(p.value)].length} / ${most}`)}</span> : null}
    </>
  );
}

/** Typed as 2026-01-31 in any browser; the button opens the browser's own calendar where it has one. */
export function DateWidget(p: WidgetProps) {
  const picker = useRef<HTMLInputElement>(null);
  if (locked(p)) return <Text p={p} text={shown(p.value)} />;
  return (
    <div class="gs-date">
      <TextWidget {...p} placeholder={p.placeholder || '2026-01-31'} />
      <button type="button" class="gs-btn gs-btn--icon" aria-label={t(`从日历选择${p.label}`, `Pick ${p.label} from a calendar`)} onClick={() => { try { picker.current?.showPicker(); } catch { picker.current?.focus(); } }}><Icon name="calendar" /></button>
      <input ref={picker} class="gs-date__native" type="date" tabIndex={-1} aria-hidden="true" value={shown(p.value)} onChange={(e) => p.onChange(e.currentTarget.value || undefined)} />
    </div>
  );
}

export function SelectWidget(p: WidgetProps) {
  const list = p.options.enumOptions ?? [];
  const at = list.findIndex((o) => o.value === p.value);
  if (locked(p)) return <Text p={p} text={list[at]?.label ?? shown(p.value)} />;
  return (
    <select class="gs-select" id={p.id} value={String(at)} {...(aria(p) as object)} onChange={(e) => p.onChange(list[Number(e.currentTarget.value)]?.value)}>
      <option value="-1">{t('请选择', 'Choose')}</option>
      {list.map((o, i) => <option key={i} value={String(i)}>{o.label}</option>)}
    </select>
  );
}

export function RadioWidget(p: WidgetProps) {
  const list = p.options.enumOptions ?? [];
  if (locked(p)) return <Text p={p} text={list.find((o) => o.value === p.value)?.label ?? shown(p.value)} />;
  const name = `${p.id}-radio`;
  return (
    <div class="gs-choices" role="radiogroup" id={p.id} tabIndex={-1} aria-labelledby={`${p.id}-label`} {...(aria(p) as object)}>
      {list.map((o, i) => <label class="gs-choice" key={i}><input type="radio" name={name} checked={o.value === p.value} onChange={() => p.onChange(o.value)} />{o.label}</label>)}
    </div>
  );
}

export function CheckboxesWidget(p: WidgetProps) {
  const list = p.options.enumOptions ?? [];
  const chosen = Array.isArray(p.value) ? (p.value as unknown[]) : [];
  if (locked(p)) return <Text p={p} text={list.filter((o) => chosen.includes(o.value)).map((o) => o.label).join(t('、', ', '))} />;
  const flip = (value: unknown): void => p.onChange(list.map((o) => o.value).filter((v) => (v === value) !== chosen.includes(v)));
  return (
    <div class="gs-choices" role="group" id={p.id} tabIndex={-1} aria-labelledby={`${p.id}-label`} {...(aria(p) as object)}>
      {list.map((o, i) => <label class="gs-choice" key={i}><input type="checkbox" checked={chosen.includes(o.value)} onChange={() => flip(o.value)} />{o.label}</label>)}
    </div>
  );
}

/** One declaration: the sentence itself is the label, and nothing is ticked in advance. */
export function CheckboxWidget(p: WidgetProps) {
  return <label class="gs-choice"><input type="checkbox" id={p.id} checked={p.value === true} disabled={locked(p)} {...aria(p)} onChange={(e) => p.onChange(e.currentTarget.checked || undefined)} /><span>{p.label}{!p.required && p.schema.const !== true && !locked(p) && <span class="gs-optional">{t('（选填）', ' (optional)')}</span>}</span></label>;
}

export const HiddenWidget = (p: WidgetProps) => <input type="hidden" id={p.id} value={shown(p.value)} />;
