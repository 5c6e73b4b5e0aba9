/** Reads JSON Schema 2020-12 as the server does: references, fields under conditions, titles in the page's language. */
import { english } from '../kit/page.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };
export interface Schema {
  [key: string]: unknown;
  $ref?: string; type?: string; title?: string; description?: string; format?: string; const?: Json; enum?: Json[];
  properties?: Record<string, Schema>; required?: string[]; items?: Schema; oneOf?: Schema[]; anyOf?: Schema[]; allOf?: Schema[]; if?: Schema; then?: Schema; else?: Schema;
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

export function resolve(schema: unknown, root: Schema): Schema {
  let node = (isObject(schema) ? schema : {}) as Schema;
  for (let step = 0; step < 8 && node.$ref?.startsWith('#/'); step++) {
    let found: unknown = root;
    for (const part of node.$ref.slice(2).split('/')) found = isObject(found) ? found[part] : undefined;
    const { $ref: _dropped, ...rest } = node;
    node = { ...((found as Schema) ?? {}), ...rest };
  }
  return node;
}

const branches = (node: Schema): Schema[] => [...(node.allOf ?? []), node.then, node.else].filter(isObject) as Schema[];

/** The schema of a field or row; fields that only appear under a condition are found there. */
export function child(node: Schema, part: string, root: Schema): Schema | undefined {
  if (/^\d+$/.test(part) && node.items) return resolve(node.items, root);
  const own = node.properties?.[part];
  if (own) return resolve(own, root);
  for (const branch of branches(node)) {
    const found = child(resolve(branch, root), part, root);
    if (found) return found;
  }
  return undefined;
}

export const parts = (path: string): string[] => path.split('/').filter(Boolean).map((p) => p.replace(/~1/g, '/').replace(/~0/g, '~'));

export function schemaAt(root: Schema, path: string[]): Schema {
  let node = resolve(root, root);
  for (const part of path) node = child(node, part, root) ?? {};
  return node;
}

/** Every field of an object with its schema, those under conditions too, in order. */
export function fieldsOf(node: Schema, root: Schema, seen: Record<string, Schema> = {}): Record<string, Schema> {
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    const resolved = resolve(field, root);
    if (!seen[name] || (!seen[name].title && resolved.title)) seen[name] = resolved;
  }
  for (const branch of branches(node)) fieldsOf(resolve(branch, root), root, seen);
  return seen;
}

/** The same schema with what the page's language needs in `title` and `description`. */
export function localised<T>(node: T): T {
  if (!english()) return node;
  if (Array.isArray(node)) return node.map(localised) as T;
  if (!isObject(node)) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) copy[key] = localised(value);
  for (const key of ['title', 'description']) if (typeof node[`x-${key}-en`] === 'string') copy[key] = node[`x-${key}-en`];
  return copy as T;
}

/** What the chosen outcome asks for besides (`x-outcomes`). */
export function forOutcome(schema: Schema, outcome: string): Schema {
  const more = (schema['x-outcomes'] as Record<string, { required?: string[]; schema?: Schema }> | undefined)?.[outcome];
  return more ? { ...schema, allOf: [...(schema.allOf ?? []), { required: more.required ?? [] }, more.schema ?? {}] } : schema;
}

/** Fields that some outcome requires: they are not called optional. */
export function requiredBySome(schema: Schema): Set<string> {
  return new Set(Object.values((schema['x-outcomes'] as Record<string, { required?: string[] }>) ?? {}).flatMap((o) => o.required ?? []));
}

export const isFile = (schema: Schema): boolean => schema.format === 'gs-file';
export const isRowList = (schema: Schema, root: Schema): boolean => schema.type === 'array' && Object.keys(fieldsOf(resolve(schema.items, root), root)).length > 0;
