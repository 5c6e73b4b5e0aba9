/** The summary of faults on top: takes the focus, links to the fields with the words that stand beside them. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../kit/page.ts';
import type { Fault } from './faults.ts';
import { parts, schemaAt, type Schema } from './schema.ts';

export const idOf = (path: string): string => ['f', ...parts(path)].join('-');

/** Goes to the field that the address names (`#f-applicant-name`): it was drawn after the browser had looked for it. */
export function focusAddress(show: (field: string) => void, fields: string[]): void {
  const id = decodeURIComponent(location.hash.slice(1));
  const field = fields.find((f) => id === `f-${f}` || id.startsWith(`f-${f}-`));
  if (!field) return;
  show(`/${field}`);
  setTimeout(() => { const node = document.getElementById(id) ?? document.getElementById(`f-${field}`); if (node) focusNode(node); }, 50);
}

function focusNode(node: HTMLElement): void {
  const inner = node.matches('input, select, textarea') ? node : node.querySelector<HTMLElement>('input:not([type=hidden]):not([tabindex="-1"]), select, textarea, button');
  (inner ?? node).focus({ preventScroll: true });
  (node.closest('.gs-sheet__cell, td') ?? node).scrollIntoView({ block: 'center' });
}

/** Goes to the field of this path, or to the nearest group that is on the page. */
export function focusField(path: string): void {
  let left = parts(path);
  let node: HTMLElement | null = null;
  while (!node && left.length) { node = document.getElementById(['f', ...left].join('-')); left = left.slice(0, -1); }
  if (node) focusNode(node);
}

/** "家庭成员第2项：" before the fault of a row, so that ten equal sentences can be told apart. */
function row(schema: Schema, path: string): string {
  const way = parts(path);
  const at = way.findIndex((p) => /^\d+$/.test(p));
  if (at < 1 || at === way.length - 1) return '';
  const title = String(schemaAt(schema, way.slice(0, at)).title ?? way[at - 1]);
  return t(`${title}第${Number(way[at]) + 1}项：`, `${title} no. ${Number(way[at]) + 1}: `);
}

export function Summary({ faults, told, schema, go }: { faults: Fault[]; told: number; schema: Schema; go: (path: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { if (faults.length) { box.current?.focus({ preventScroll: true }); box.current?.scrollIntoView({ block: 'start' }); } }, [told]);
  if (!faults.length) return null;
  return (
    <div class="gs-summary" role="alert" tabIndex={-1} ref={box} aria-labelledby="gs-form-summary">
      <h2 id="gs-form-summary">{t(`有 ${faults.length} 处需要更正`, `${faults.length} to correct`)}</h2>
      <ul>{faults.map((f) => <li key={f.path + f.message}><a href={`#${idOf(f.path)}`} onClick={(e) => { e.preventDefault(); go(f.path); }}>{row(schema, f.path)}{f.message}</a></li>)}</ul>
    </div>
  );
}
