/** The browser's judge: same sentences as the server, conditions respected, order of the form kept, no code generated. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { cleaned } from '../src/form/clean.ts';
import { faults } from '../src/form/faults.ts';
import { forOutcome, type Schema } from '../src/form/schema.ts';

before(() => { Object.assign(globalThis, { document: { documentElement: { lang: 'zh-CN' } } }); });

const schema: Schema = {
  type: 'object', required: ['name', 'id_no', 'married', 'family', 'truth'],
  properties: {
    name: { type: 'string', title: '姓名', format: 'cn-name', maxLength: 60 },
    id_no: { type: 'string', title: '证件号码', format: 'cn-id-card' },
    married: { type: 'string', title: '婚姻状况', oneOf: [{ const: '未婚' }, { const: '已婚' }] },
    married_on: { type: 'string', title: '结婚登记日期', format: 'date' },
    income: { type: 'number', title: '月收入', minimum: 0 },
    family: { type: 'array', title: '家庭成员', maxItems: 2, items: { $ref: '#/$defs/member' } },
    files: { type: 'array', title: '收入证明', items: { type: 'string', format: 'gs-file' } },
    truth: { type: 'boolean', title: '承诺真实', const: true },
  },
  $defs: { member: { type: 'object', required: ['name'], properties: { name: { type: 'string', title: '姓名', format: 'cn-name' } } } },
  allOf: [{ if: { properties: { married: { const: '已婚' } }, required: ['married'] }, then: { required: ['married_on'] } }],
  'x-outcomes': { reject: { required: ['files'], schema: { properties: { income: { const: 1, 'x-message': { zh: '请先核对收入', en: 'Check the income' } } } } } },
};
const told = (value: object, s = schema): string[] => faults(s, value).map((f) => `${f.path} ${f.message}`);
const right = { name: '张建国', id_no: '310106199003070010', married: '未婚', family: [], truth: true };

test('a right form has no fault', () => assert.deepEqual(told(right), []));
test('every missing field is named, in the order of the form', () => assert.deepEqual(told({}), ['/name 请填写姓名', '/id_no 请填写证件号码', '/married 请选择婚姻状况', '/family 请填写家庭成员', '/truth 请选择承诺真实']));
test('a condition asks for its field', () => assert.deepEqual(told({ ...right, married: '已婚' }), ['/married_on 请填写结婚登记日期']));
test('faults of rows carry the row, through references', () => assert.deepEqual(told({ ...right, family: [{ name: '李四' }, { name: '1' }] }).map((x) => x.split(' ')[0]), ['/family/1/name']));
test('an unknown choice is told once', () => assert.deepEqual(told({ ...right, married: '其他' }), ['/married 婚姻状况的选项无效，请重新选择']));
test('limits are named', () => assert.deepEqual(told({ ...right, income: -1, family: [{ name: '李四' }, { name: '王五' }, { name: '赵六' }] }), ['/income 月收入不能小于0', '/family 家庭成员最多2项，现为3项']));
test('a consent is asked for by its words', () => assert.deepEqual(told({ ...right, truth: false }), ['/truth 请勾选：承诺真实']));
test('an outcome asks for more, with its own words', () => assert.deepEqual(told({ ...right, income: 2 }, forOutcome(schema, 'reject')), ['/income 请先核对收入', '/files 请上传收入证明']));
test('a faulty field is told once even where nothing unknown is allowed', () => assert.deepEqual(told({ ...right, name: '1' }, { ...schema, unevaluatedProperties: false, additionalProperties: false }).map((x) => x.split(' ')[0]), ['/name']));
test('locked fields are not judged', () => assert.deepEqual(faults(schema, { ...right, name: '1' }, new Set(['/name'])), []));
test('cleaning: full-width digits, grouping, numbers, empty fields and empty groups', () => {
  assert.deepEqual(cleaned({ name: ' 张建国 ', id_no: '３１０１０６ 19900307 0010', income: '１２,３４５.5', married: '', family: [{ name: '' }], files: [] }, schema), { name: '张建国', id_no: '310106199003070010', income: 12345.5, family: [{}] });
  assert.equal(cleaned({ income: 'abc' }, schema)!['income' as never], 'abc');
});
