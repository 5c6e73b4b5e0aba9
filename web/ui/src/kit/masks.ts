/** Masked values: one field, one click, logged by the server; the plain text masks itself again after a minute. Source: E18. */
import { each, on, t } from './page.ts';
import { toast } from './toast.ts';

async function reveal(button: HTMLElement): Promise<void> {
  const owner = button.closest<HTMLElement>('[data-reveal]');
  if (!owner) return;
  const masked = [...owner.childNodes];
  button.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(owner.dataset.reveal!, { headers: { 'HX-Request': 'true' } });
    if (!answer.ok) throw new Error(String(answer.status));
    // The answer is a fragment of our own server; only its text is taken.
    const plain = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector<HTMLElement>('[data-gs-remask]');
    owner.textContent = plain?.textContent ?? '';
    owner.tabIndex = -1;
    owner.focus();
    setTimeout(() => owner.replaceChildren(...masked), Number(plain?.dataset.seconds ?? 60) * 1000);
  } catch { toast(t('无法显示明文：没有权限或网络不通。', 'The plain text cannot be shown: no permission or no connection.'), 'fail'); }
  button.removeAttribute('aria-busy');
}

export function startMasks(): void {
  on('click', '[data-gs-reveal]', (button) => void reveal(button));
  each<HTMLElement>('[data-gs-remask]', (node) => setTimeout(() => { node.textContent = node.dataset.gsRemask!; }, Number(node.dataset.seconds ?? 60) * 1000));
}
