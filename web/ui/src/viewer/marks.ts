/** Where a case stands on its diagram, or what differs between two diagrams: one list of marks, whatever the page sent. */
import { t } from '../kit/page.ts';

export type State = 'done' | 'active' | 'cancelled' | 'future' | 'problem' | 'added' | 'removed' | 'changed' | 'moved' | 'heat';
export interface Mark { element_id: string; state: State; label?: string; count?: number; level?: number; /** The place that the reader is looking at. */ here?: boolean }

export const WORDS: Record<State, [string, string]> = {
  done: ['已办', 'done'], active: ['办理中', 'current'], cancelled: ['已终止', 'cancelled'], future: ['未到', 'to come'], problem: ['有问题', 'problem'],
  added: ['新增', 'added'], removed: ['删除', 'removed'], changed: ['有修改', 'changed'], moved: ['位置变动', 'moved'], heat: ['停留', 'dwell'],
};
export const word = (state: State): string => t(...WORDS[state]);

interface Loose { visited?: string[]; passed?: string[]; done?: string[]; current?: string[]; open?: string[]; active?: string[]; cancelled?: string[]; at?: string; counts?: Record<string, number>; marks?: Mark[] }

/** Takes the list itself, or the lists by state that a progress service answers. A later mark of an element wins. */
export function marksOf(given: unknown): Mark[] {
  if (Array.isArray(given)) return given as Mark[];
  const g = (given ?? {}) as Loose;
  if (g.marks) return g.marks;
  const list = (ids: string[] | undefined, state: State): Mark[] => (ids ?? []).map((element_id) => ({ element_id, state, count: g.counts?.[element_id] }));
  const all = [...list(g.visited ?? g.passed ?? g.done, 'done'), ...list(g.cancelled, 'cancelled'), ...list(g.current ?? g.open ?? g.active, 'active')];
  const byId = new Map(all.map((m) => [m.element_id, m]));
  if (g.at) byId.set(g.at, { ...(byId.get(g.at) ?? { element_id: g.at, state: 'active' }), here: true });
  return [...byId.values()];
}
