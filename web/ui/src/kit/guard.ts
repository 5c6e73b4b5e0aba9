/** One submission, one effect: a second click waits, and both carry the same idempotency key. */
import { el, newKey, t } from './page.ts';

const NAME = 'idempotency_key';

function keyOf(form: HTMLFormElement): HTMLInputElement {
  const found = form.querySelector<HTMLInputElement>(`input[name="${NAME}"]`);
  const input = found ?? form.appendChild(el('input', { type: 'hidden', name: NAME }));
  input.value ||= newKey();
  return input;
}

function release(form: HTMLFormElement): void {
  delete form.dataset.gsSent;
  for (const b of form.querySelectorAll('[aria-busy="true"]')) b.removeAttribute('aria-busy');
}

export function startGuard(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== 'post' || form.dataset.gsMulti !== undefined) return;
    if (form.dataset.gsSent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const ask = (event as SubmitEvent).submitter?.dataset.gsConfirm ?? form.dataset.gsConfirm;
    if (ask && !confirm(ask)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    keyOf(form);
    // A validator may still stop it: look again when all listeners have run.
    setTimeout(() => {
      const byHtmx = form.hasAttribute('hx-post');
      if (event.defaultPrevented && !byHtmx) return;
      form.dataset.gsSent = '1';
      (event as SubmitEvent).submitter?.setAttribute('aria-busy', 'true');
      form.dispatchEvent(new CustomEvent('gs:sent', { bubbles: true }));
    });
  }, true);
  document.addEventListener('htmx:afterRequest', (event) => {
    const detail = (event as CustomEvent<{ elt: Element; successful: boolean }>).detail;
    const form = detail.elt.closest('form');
    if (!form) return;
    release(form);
    if (detail.successful) keyOf(form).value = newKey();
  });
  // Back from the result: the page is as it was, and sending again is the same submission.
  addEventListener('pageshow', (e) => { if (e.persisted) for (const f of document.forms) release(f); });
  addEventListener('offline', () => document.dispatchEvent(new CustomEvent('gs:toast', { detail: { text: t('网络已断开，请勿关闭页面。', 'You are offline. Keep this page open.'), kind: 'manual' } })));
}
