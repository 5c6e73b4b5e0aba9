/** What is pasted from a spreadsheet becomes the FEEL that the person meant; FEEL itself is left alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsOf, toFeel } from '../src/rules/paste.ts';

test('a range splits into rows and cells', () => assert.deepEqual(cellsOf('a\tb\r\nc\td\r\n'), [['a', 'b'], ['c', 'd']]));
test('a quoted cell may hold a line break; FEEL strings keep their quotes', () => {
  assert.deepEqual(cellsOf('"x\ny"\tz'), [['x\ny', 'z']]);
  assert.deepEqual(cellsOf('"new"\t> 3'), [['"new"', '> 3']]);
  assert.deepEqual(cellsOf('"说 ""好"""\tb'), [['说 "好"', 'b']]);
});
const cases: [string, string, boolean, string][] = [
  ['', 'number', true, '-'], ['不限', 'string', true, '-'], ['15', 'number', true, '15'], ['12,500元', 'number', false, '12500'], ['≥15', 'number', true, '>= 15'], ['＞ 15㎡', 'number', true, '> 15'], ['15~20', 'number', true, '[15..20]'], ['3至5人', 'number', true, '[3..5]'], ['不超过15平方米', 'number', true, '<= 15'], ['60以上', 'number', true, '>= 60'], ['低于 3', 'number', true, '< 3'], ['[15..20)', 'number', true, '[15..20)'],
  ['是', 'boolean', false, 'true'], ['否', 'boolean', true, 'false'], ['2026/1/5', 'date', true, 'date("2026-01-05")'], ['>= 2026年3月1日', 'date', true, '>= date("2026-03-01")'],
  ['本市户籍', 'string', true, '"本市户籍"'], ['未婚、离异', 'string', true, '"未婚", "离异"'], ['未婚、离异', 'string', false, '"未婚、离异"'], ['"已婚"', 'string', true, '"已婚"'], ['not("x")', 'string', true, 'not("x")'], ['-', 'string', true, '-'],
];
for (const [text, type, input, feel] of cases) test(`${type} ${JSON.stringify(text)} is ${feel}`, () => assert.equal(toFeel(text, type, input), feel));
