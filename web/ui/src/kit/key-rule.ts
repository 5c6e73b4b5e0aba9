/** Which key press may act: pure, so that it is tested without a browser. Source: E05, WCAG 2.1.4. */

export interface Press {
  key: string; ctrl?: boolean; meta?: boolean; alt?: boolean; shift?: boolean;
  /** True while an input method composes; 229 is what older browsers send instead. */
  composing?: boolean; keyCode?: number;
  /** The focus is where text is typed. */
  typing?: boolean;
  /** A dialog is open: single keys rest, Esc belongs to the dialog. */
  modal?: boolean;
  /** The focus is on a link, button or control that uses Enter and the space bar itself. */
  onControl?: boolean;
  /** The officer has turned single keys off. */
  off?: boolean;
}

/** The name a page gives the key (`data-gs-key`): "j", "1", "Ctrl+Enter", "Escape", "?"; "" when it must not act. */
export function actingKey(p: Press): string {
  if (p.composing || p.keyCode === 229 || p.key === 'Process') return '';
  if (p.alt) return '';
  if (p.ctrl || p.meta) return p.key === 'Enter' ? 'Ctrl+Enter' : '';
  if (p.modal) return '';
  if (p.key === 'Escape') return 'Escape';
  if (p.typing || p.off) return '';
  if ((p.key === 'Enter' || p.key === ' ') && p.onControl) return '';
  return p.key.length === 1 ? p.key.toLowerCase() : p.key;
}

/** The row after moving by `step`, held inside the list; -1 (none yet) moves to the first. */
export function moved(at: number, step: number, length: number): number {
  if (length === 0) return -1;
  return at < 0 ? 0 : Math.max(0, Math.min(length - 1, at + step));
}
