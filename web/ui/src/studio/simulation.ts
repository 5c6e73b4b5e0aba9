/** Token simulation in Chinese: the library has no translations, so its few words are replaced where they appear. */
import { SIMULATION } from '../bpmn/zh-canvas.ts';
import { english } from '../kit/page.ts';

function replace(root: ParentNode): void {
  for (const node of root.querySelectorAll<HTMLElement>('[title]')) { const zh = SIMULATION[node.title.trim()]; if (zh) node.title = zh; }
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) { const zh = SIMULATION[n.textContent?.trim() ?? '']; if (zh) n.textContent = zh; }
}

export function speakChinese(container: HTMLElement): void {
  if (english()) return;
  const parts = '.bts-palette, .bts-log, .bts-notifications, .bts-toggle-mode, .bts-context-pad, .bts-set-animation-speed, .bts-scopes';
  new MutationObserver((changes) => { for (const c of changes) { const target = c.target as HTMLElement; if (target.closest?.(parts)) replace(target.parentElement ?? target); for (const added of c.addedNodes) if (added instanceof HTMLElement && (added.matches(parts) || added.querySelector(parts))) replace(added); } }).observe(container, { childList: true, subtree: true });
  for (const node of container.querySelectorAll<HTMLElement>(parts)) replace(node.parentElement ?? node);
}
