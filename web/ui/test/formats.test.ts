/** The browser judges every vector as the server does, and normalises the same text to the same value. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FORMATS, idCardCheckDigit, luhnIsRight, normaliseNumber, normaliseText, usccCheckDigit } from '../src/formats.ts';

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8')) as T;

for (const { format, value, valid } of read<{ format: string; value: string; valid: boolean }[]>('formats.vectors.json')) {
  test(`${format} ${valid ? 'takes' : 'refuses'} ${JSON.stringify(value)}`, () => assert.equal(FORMATS[format]!(value) === null, valid));
}
for (const { format, text, normal } of read<{ format: string | null; text: string; normal: string }[]>('formats.normal.json')) {
  test(`${format ?? 'text'} reads ${JSON.stringify(text)} as ${normal}`, () => assert.equal(normaliseText(text, format ?? undefined), normal));
}
test('check digits', () => {
  assert.equal(idCardCheckDigit('11010119800101001').length, 1);
  assert.equal(usccCheckDigit('91110000600037341'), 'L');
  assert.ok(luhnIsRight('4111111111111111'));
});
test('a number may be typed with separators and full-width digits', () => assert.equal(normaliseNumber('１２,３４５．６０ 元'), '12345.60'));
test('every refusal speaks Chinese and English', () => {
  for (const check of Object.values(FORMATS)) for (const text of ['?', '']) { const r = check(text); if (r) assert.ok(r[0].length > 3 && r[1].length > 3); }
});
