/** Short messages at the bottom right, read out politely; an error stays until it is closed. */
import { el, icon, t } from './page.ts';

export type Kind = 'pass' | 'fail' | 'manual' | 'fault' | 'info';
let host: HTMLElement | undefined;

export function toast(text: string, kind: Kind = 'info'): void {
  if (!host?.isConnected) {
    host = el('div', { class: 'gs-toasts', role: 'status', 'aria-live': 'polite' });
    document.body.append(host);
  }
  const item = el('div', { class: `gs-toast gs-toast--${kind}` }, icon(kind), el('span', {}, text));
  const close = el('button', { type: 'button', class: 'gs-close', 'aria-label': t('关闭提示', 'Dismiss'), click: () => item.remove() }, icon('close'));
  item.append(close);
  host.append(item);
  if (kind === 'pass' || kind === 'info') setTimeout(() => item.remove(), 6000);
}

/** The server speaks by `HX-Trigger: {"gs:toast": {"text": "…", "kind": "pass"}}`. */
export function startToasts(): void {
  document.addEventListener('gs:toast', (event) => {
    const { text, kind } = (event as CustomEvent<{ text: string; kind?: Kind }>).detail;
    toast(text, kind);
  });
}
