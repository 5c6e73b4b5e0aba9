/** Session end is announced two minutes before, with one button to stay; small attributes of links and selects. */
import { each, el, meta, on, t } from './page.ts';

const WARN_S = 120;

function warn(ping: string): void {
  const dialog = el('dialog', { class: 'gs-dialog', role: 'alertdialog', 'aria-labelledby': 'gs-session' },
    el('div', { class: 'gs-dialog__body gs-stack' }, el('h2', { id: 'gs-session' }, t('两分钟后将自动退出', 'You will be signed out in two minutes')), el('p', {}, t('已填写的内容会保留。要继续办理，请点“继续使用”。', 'What you have typed is kept. Press “Stay” to go on.'))));
  const stay = async (): Promise<void> => {
    dialog.remove();
    const answer = await fetch(ping, { headers: { Accept: 'application/json' } });
    const left = answer.ok ? Number(((await answer.json()) as { seconds?: number }).seconds) : 0;
    if (left) arm(left, ping); else location.reload();
  };
  dialog.append(el('div', { class: 'gs-dialog__foot' }, el('button', { type: 'button', class: 'gs-btn gs-btn--primary', click: () => void stay() }, t('继续使用', 'Stay'))));
  document.body.append(dialog);
  dialog.showModal();
}

const arm = (seconds: number, ping: string): void => { setTimeout(() => warn(ping), Math.max(0, seconds - WARN_S) * 1000); };

export function startSession(): void {
  const seconds = Number(meta('gs-session-seconds'));
  const ping = meta('gs-session-ping');
  if (seconds && ping) arm(seconds, ping);
  each<HTMLAnchorElement>('a[data-gs-prefetch]', (link) => setTimeout(() => document.head.append(el('link', { rel: 'prefetch', href: link.href })), 300));
  on('change', '[data-gs-autosubmit]', (node) => (node.closest('form') as HTMLFormElement | null)?.requestSubmit());
}
