/** The drawer under the canvas: problems with counts, changes against the version in force, all steps as a list. */
import { el, icon, t } from '../kit/page.ts';

export interface Drawer { node: HTMLElement; lists: Record<'problems' | 'changes' | 'outline', HTMLElement>; count: (errors: number, warnings: number) => void; open: (name: string) => void }

export function drawer(onOpen: (name: string) => void): Drawer {
  const list = (): HTMLElement => el('ul', { class: 'gs-problems' });
  const lists = { problems: list(), changes: list(), outline: list() };
  const badge = el('span', {});
  const names: [keyof typeof lists, string][] = [['problems', t('问题', 'Problems')], ['changes', t('与运行版本的差别', 'Changes')], ['outline', t('全部环节', 'All steps')]];
  const body = el('div', { class: 'gs-studio__list' }, ...Object.values(lists));
  const tabs = names.map(([name, words]) => el('button', { type: 'button', 'data-name': name, 'aria-expanded': 'false', click: () => toggle(name) }, words, ...(name === 'problems' ? [badge] : [])));
  const fold = el('button', { type: 'button', class: 'gs-close gs-push', 'aria-label': t('收起', 'Fold'), click: () => toggle('') }, icon('chevron'));
  const node = el('section', { class: 'gs-studio__drawer', 'aria-label': t('问题与差别', 'Problems and changes') }, el('div', { class: 'gs-tabs' }, ...tabs, fold), body);
  let open = '';
  const toggle = (name: string, keep = false): void => {
    open = open === name && !keep ? '' : name;
    node.classList.toggle('gs-studio__drawer--open', open !== '');
    for (const tab of tabs) { const mine = tab.dataset.name === open; tab.setAttribute('aria-expanded', String(mine)); tab.toggleAttribute('aria-current', mine); }
    for (const [key, l] of Object.entries(lists)) l.hidden = key !== open;
    onOpen(open);
  };
  for (const l of Object.values(lists)) l.hidden = true;
  return {
    node, lists, open: (name) => toggle(name, true),
    count: (errors, warnings) => {
      badge.className = errors + warnings ? `gs-tabs__count${errors ? ' gs-tabs__count--hot' : ''}` : '';
      badge.textContent = errors || warnings ? t(`${errors} 错误 ${warnings} 提醒`, `${errors} errors ${warnings} warnings`) : '';
    },
  };
}
