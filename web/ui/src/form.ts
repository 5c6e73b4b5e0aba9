/** Mounts a form on every `[data-gs-form]`: schema, uiSchema and value stand beside it as JSON; the page's own form is what is posted. */
import './form.css';
import { createElement, render } from 'preact';
import { csrfHeader, each, el, t } from './kit/page.ts';
import { Island, type Mounted } from './form/island.tsx';
import type { Value } from './form/registry.ts';

/** JSON from a script inside the mount, or from the element that the attribute names. */
function json<T>(mount: HTMLElement, name: string, fallback: T): T {
  const attribute = mount.getAttribute(`data-${name}`);
  const source = attribute ? document.querySelector(attribute) : mount.querySelector(`script[data-gs-form-${name}]`);
  return source?.textContent?.trim() ? ((JSON.parse(source.textContent) as T) ?? fallback) : fallback;
}

/** Saves what is typed within 2 s of the last key, where the page gives a `data-draft-url`. */
function saver(mount: HTMLElement, hidden: HTMLInputElement): (value: Value) => void {
  const url = mount.dataset.draftUrl;
  let timer = 0;
  let since = 0;
  const note = el('p', { class: 'gs-saved', role: 'status' });
  if (url) mount.append(note);
  const send = async (value: Value): Promise<void> => {
    since = 0;
    try {
      const answer = await fetch(url!, { method: 'POST', redirect: 'error', keepalive: true, headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...csrfHeader(mount.dataset.csrf) }, body: JSON.stringify({ form: value }) });
      if (!answer.ok) throw new Error(String(answer.status));
      note.textContent = t('已自动保存 ', 'Saved ') + new Date().toTimeString().slice(0, 5);
      note.classList.remove('gs-saved--bad');
    } catch { note.textContent = t('暂时无法保存，请不要关闭页面', 'Not saved yet; keep this page open'); note.classList.add('gs-saved--bad'); }
  };
  let pending: Value | undefined;
  if (url) addEventListener('pagehide', () => { if (pending) void send(pending); });
  // Defaults that the renderer fills in are no work of the person: nothing is saved before the first key or click.
  let touched = false;
  for (const type of ['keydown', 'pointerdown', 'input', 'drop']) mount.addEventListener(type, () => { touched = true; }, { capture: true, once: true });
  // What was submitted is no draft any more: nothing that is drawn afterwards may bring it back.
  let sent = false;
  mount.closest('form')?.addEventListener('gs:sent', () => { clearTimeout(timer); pending = undefined; sent = true; });
  addEventListener('pageshow', (e) => { if (e.persisted) sent = false; });
  return (value) => {
    if (!touched || sent || mount.dataset.readonly !== undefined) return;
    hidden.dispatchEvent(new Event('input', { bubbles: true }));
    mount.dispatchEvent(new CustomEvent('gs:form-change', { bubbles: true, detail: value }));
    if (!url) return;
    pending = value;
    since ||= Date.now();
    clearTimeout(timer);
    timer = window.setTimeout(() => { pending = undefined; void send(value); }, Math.max(0, Math.min(1000, since + 2000 - Date.now())));
  };
}

function mountForm(mount: HTMLElement): void {
  const name = mount.dataset.name ?? 'form';
  const hidden = mount.querySelector<HTMLInputElement>('[data-gs-form-data]') ?? mount.appendChild(el('input', { type: 'hidden', name, 'data-gs-form-data': true }));
  const place = mount.appendChild(el('div', {}));
  const value = json<Value>(mount, 'value', {});
  hidden.value = JSON.stringify(value);
  const props: Mounted = {
    schema: json(mount, 'schema', {}), ui: json(mount, 'ui', {}), value, access: json(mount, 'access', {}), errors: json(mount, 'errors', []),
    readonly: mount.dataset.readonly !== undefined, host: mount.closest('form'), hidden, save: saver(mount, hidden),
    context: { uploadUrl: mount.dataset.uploadUrl ?? '/files', fileUrl: mount.dataset.fileUrl ?? mount.dataset.uploadUrl ?? '/files', csrf: mount.dataset.csrf ?? csrfHeader()['X-CSRF-Token']!, names: json(mount, 'files', {}), sources: json(mount, 'sources', {}) },
  };
  // The page's form must not check by itself: the summary speaks for all fields.
  if (props.host) props.host.noValidate = true;
  render(createElement(Island, props), place);
  mount.dataset.gsReady = '';
}

each<HTMLElement>('[data-gs-form]', mountForm);
