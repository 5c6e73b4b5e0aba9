/** Which key press acts: composing text never submits, single keys rest while typing, in a dialog and when turned off. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actingKey, moved } from '../src/kit/key-rule.ts';

test('the Enter that ends pinyin never acts', () => {
  assert.equal(actingKey({ key: 'Enter', composing: true }), '');
  assert.equal(actingKey({ key: 'Enter', keyCode: 229 }), '');
  assert.equal(actingKey({ key: 'Process' }), '');
  assert.equal(actingKey({ key: 'Enter', ctrl: true, composing: true, typing: true }), '');
});
test('single keys rest while typing, in a dialog and when turned off', () => {
  for (const rest of [{ typing: true }, { modal: true }, { off: true }]) for (const key of ['j', '1', '/', '?']) assert.equal(actingKey({ key, ...rest }), '');
});
test('Ctrl+Enter submits from the opinion, also in a dialog-free page with keys off', () => {
  assert.equal(actingKey({ key: 'Enter', ctrl: true, typing: true, off: true }), 'Ctrl+Enter');
  assert.equal(actingKey({ key: 'Enter', meta: true, typing: true }), 'Ctrl+Enter');
});
test('browser shortcuts stay with the browser', () => {
  assert.equal(actingKey({ key: 'r', ctrl: true }), '');
  assert.equal(actingKey({ key: '1', alt: true }), '');
});
test('Enter on a link is the link\'s own; elsewhere it opens the row', () => {
  assert.equal(actingKey({ key: 'Enter', onControl: true }), '');
  assert.equal(actingKey({ key: 'Enter' }), 'Enter');
});
test('capital J is J; Escape acts while typing', () => {
  assert.equal(actingKey({ key: 'J', shift: true }), 'j');
  assert.equal(actingKey({ key: 'Escape', typing: true }), 'Escape');
});
test('moving stays inside the list', () => {
  assert.equal(moved(-1, 1, 3), 0);
  assert.equal(moved(2, 1, 3), 2);
  assert.equal(moved(0, -1, 3), 0);
  assert.equal(moved(0, 1, 0), -1);
});
