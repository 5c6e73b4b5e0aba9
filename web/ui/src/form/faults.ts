/** Judges a value by its schema and says in the server's own sentences what is wrong, in the order of the form.
 *
 * The judge interprets the schema: it generates no code, so the page needs no `unsafe-eval`.
 */
import { format, Validator, type OutputUnit } from '@cfworker/json-schema';
import { FORMATS } from '../formats.ts';
import { english } from '../kit/page.ts';
import { isFile, parts, resolve, schemaAt, type Json, type Schema } from './schema.ts';

export interface Fault { path: string; message: string }

for (const [name, judge] of Object.entries(FORMATS)) format[name] = (value: string) => judge(value) === null;

const validators = new WeakMap<object, Validator>();
export function validatorOf(schema: Schema, root: Schema, fast: boolean): Validator {
  const found = validators.get(schema);
  if (found) return found;
  const { $id: _id, $schema: _dialect, ...own } = schema;
  const made = new Validator({ ...own, $defs: root.$defs, definitions: root.definitions } as object, '2020-12', fast);
  validators.set(schema, made);
  return made;
}

// Unknown fields are the server's to refuse: a form cannot make one, and a faulty field counts as "not evaluated".
const GROUPS = new Set(['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems', 'properties', 'patternProperties', 'items', 'prefixItems', 'allOf', 'if', '$ref', 'dependentSchemas', 'dependencies', 'false', 'anyOf', 'oneOf']);
const pointer = (location: string): string => decodeURI(location.replace(/^#/, ''));

/** The schema that holds the keyword of this error. */
function holder(root: Schema, keywordLocation: string): Schema {
  let node: unknown = root;
  for (const part of parts(pointer(keywordLocation)).slice(0, -1)) {
    node = part === '$ref' ? resolve(node, root) : (node as Record<string, unknown> | undefined)?.[part];
  }
  return (node as Schema | undefined) ?? {};
}

/** Of alternatives only the branch that fits best is told. */
function leaves(errors: OutputUnit[], root: Schema): OutputUnit[] {
  let kept = errors;
  for (const union of errors.filter((e) => e.keyword === 'anyOf' || e.keyword === 'oneOf')) {
    const inside = kept.filter((e) => e.keywordLocation.startsWith(`${union.keywordLocation}/`) && e.instanceLocation.startsWith(union.instanceLocation));
    const options = holder(root, union.keywordLocation)[union.keyword] as Schema[];
    const plain = options.every((o) => 'const' in o);
    const byBranch = new Map<string, OutputUnit[]>();
    for (const e of inside) { const b = e.keywordLocation.slice(union.keywordLocation.length + 1).split('/')[0]!; byBranch.set(b, [...(byBranch.get(b) ?? []), e]); }
    const best = plain ? [] : [...byBranch.values()].sort((a, b) => a.length - b.length)[0] ?? [];
    kept = kept.filter((e) => !inside.includes(e) || best.includes(e));
    if (!best.length) kept = kept.map((e) => (e === union ? { ...e, keyword: 'enum' } : e));
  }
  return kept.filter((e) => !GROUPS.has(e.keyword));
}

const TYPES: Record<string, string> = { string: '文字', integer: '整数', number: '数字', boolean: '是或否', array: '列表', object: '一组内容' };
const name = (schema: Schema, fallback: string): string => String((english() && schema['x-title-en']) || schema.title || fallback);

function titleAt(root: Schema, path: string[]): string {
  const last = path.at(-1) ?? (english() ? 'The form' : '表单');
  if (!/^\d+$/.test(last)) return name(schemaAt(root, path), last);
  const list = name(schemaAt(root, path.slice(0, -1)), path.at(-2) ?? '');
  return english() ? `${list} no. ${Number(last) + 1}` : `${list}第${Number(last) + 1}项`;
}

function missing(root: Schema, path: string[], field: string): string {
  const schema = schemaAt(root, [...path, field]);
  const title = name(schema, field);
  if (isFile(schema) || (schema.items && isFile(resolve(schema.items, root)))) return english() ? `Upload: ${title}` : `请上传${title}`;
  const pick = 'enum' in schema || 'oneOf' in schema || schema.type === 'boolean';
  return english() ? `${pick ? 'Choose' : 'Enter'}: ${title}` : `请${pick ? '选择' : '填写'}${title}`;
}

function sentence(keyword: string, at: Schema, value: Json | undefined, title: string): string {
  const own = at['x-message'] as { zh: string; en: string } | undefined;
  if (own) return english() ? own.en : own.zh;
  const limit = at[keyword];
  if (keyword === 'format') { const told = FORMATS[String(limit)]?.(String(value)); return told ? told[english() ? 1 : 0] : english() ? `${title} has the wrong format` : `${title}格式不正确`; }
  const size = typeof value === 'string' ? [...value].length : Array.isArray(value) ? value.length : 0;
  const told: Record<string, [string, string]> = {
    minLength: [`${title}至少${limit}个字，现为${size}个字`, `${title}: at least ${limit} characters, now ${size}`],
    maxLength: [`${title}最多${limit}个字，现为${size}个字`, `${title}: at most ${limit} characters, now ${size}`],
    minimum: [`${title}不能小于${limit}`, `${title} must be at least ${limit}`],
    maximum: [`${title}不能大于${limit}`, `${title} must be at most ${limit}`],
    exclusiveMinimum: [`${title}必须大于${limit}`, `${title} must be more than ${limit}`],
    exclusiveMaximum: [`${title}必须小于${limit}`, `${title} must be less than ${limit}`],
    minItems: [`${title}至少${limit}项，现为${size}项`, `${title}: at least ${limit}, now ${size}`],
    maxItems: [`${title}最多${limit}项，现为${size}项`, `${title}: at most ${limit}, now ${size}`],
    uniqueItems: [`${title}中有重复项`, `${title} holds duplicates`],
    enum: [`${title}的选项无效，请重新选择`, `${title}: choose one of the options`],
    const: limit === true ? [`请勾选：${title}`, `Tick: ${title}`] : [`${title}应为${limit}`, `${title} must be ${limit}`],
    type: [`${title}应为${TYPES[String(limit)] ?? '其他类型'}`, `${title} must be ${limit}`],
    pattern: [`${title}格式不正确`, `${title} has the wrong format`],
    multipleOf: [`${title}应为${limit}的倍数`, `${title} must be a multiple of ${limit}`],
  };
  return (told[keyword] ?? [`${title}不正确`, `${title} is not valid`])[english() ? 1 : 0];
}

export function valueAt(value: unknown, path: string[]): Json | undefined {
  return path.reduce<unknown>((v, p) => (v as Record<string, unknown> | undefined)?.[p], value) as Json | undefined;
}

function place(path: string, root: Schema): number[] {
  let node = resolve(root, root);
  return parts(path).map((part) => {
    const at = /^\d+$/.test(part) ? Number(part) : Object.keys(node.properties ?? {}).indexOf(part);
    node = schemaAt({ ...root, ...node }, [part]);
    return at < 0 ? 999 : at;
  });
}

const before = (a: number[], b: number[]): number => { for (let i = 0; i < Math.max(a.length, b.length); i++) { const d = (a[i] ?? -1) - (b[i] ?? -1); if (d) return d; } return 0; };

/** `locked` paths may not be written by this person: they are neither asked for nor judged. */
export function faults(schema: Schema, value: unknown, locked: ReadonlySet<string> = new Set()): Fault[] {
  const { errors } = validatorOf(schema, schema, false).validate(value);
  const found = new Map<string, Fault>();
  for (const error of leaves(errors, schema)) {
    const at = parts(pointer(error.instanceLocation));
    const field = /(?:property|have) "(.+)"\.$/.exec(error.error)?.[1];
    const asks = (error.keyword === 'required' || error.keyword === 'dependentRequired') && field !== undefined;
    const path = `/${(asks ? [...at, field] : at).join('/')}`.replace(/^\/$/, '');
    const message = asks ? missing(schema, at, field) : sentence(error.keyword, holder(schema, error.keywordLocation), valueAt(value, at), titleAt(schema, at));
    if (![...locked].some((l) => path === l || path.startsWith(`${l}/`))) found.set(`${path}\n${message}`, { path, message });
  }
  return [...found.values()].map((f) => ({ f, at: place(f.path, schema) })).sort((a, b) => before(a.at, b.at)).map(({ f }) => f);
}
