/** A form's value as it was meant: numbers as numbers, grouping removed, empty fields left out. The server does the same again. */
import { normaliseNumber, normaliseText } from '../formats.ts';
import { child, isObject, resolve, type Json, type Schema } from './schema.ts';

function scalar(value: string, schema: Schema): Json | undefined {
  if (schema.type === 'number' || schema.type === 'integer') {
    const text = normaliseNumber(value);
    return text === '' ? undefined : Number.isFinite(Number(text)) ? Number(text) : value;
  }
  return normaliseText(value, schema.format) || undefined;
}

/** `kept` names the fields of the parent that must stay even when empty, so that each missing field is named by itself. */
export function cleaned(value: unknown, schema: Schema, root: Schema = schema, kept = true): Json | undefined {
  const node = resolve(schema, root);
  if (typeof value === 'string') return scalar(value, node);
  if (Array.isArray(value)) {
    const rows = value.map((row) => cleaned(row, resolve(node.items, root), root)).filter((row) => row !== undefined && row !== null) as Json[];
    return rows.length || kept ? rows : undefined;
  }
  if (!isObject(value)) return value === null ? undefined : (value as Json | undefined);
  const out: Record<string, Json> = {};
  for (const [name, inner] of Object.entries(value)) {
    const found = cleaned(inner, child(node, name, root) ?? {}, root, node.required?.includes(name) ?? false);
    if (found !== undefined && !(Array.isArray(found) && !found.length && !node.required?.includes(name))) out[name] = found;
  }
  return Object.keys(out).length || kept ? out : undefined;
}
