/** Autosave of an editor: within 3 s of the last change, one save at a time, a stale save stops and keeps the work. Source: A01, A12. */
import { csrfHeader, t } from '../kit/page.ts';

export interface Keeper { changed: () => void; now: () => Promise<boolean>; dirty: () => boolean }
interface Answer { revision?: number; saved_at?: string; saved_by?: string; message?: string; error?: { message?: string } }

const WAIT_MS = 1500;
const LONGEST_MS = 3000;

function told(text: string, bad = false): void {
  const place = document.querySelector<HTMLElement>('[data-desk-saved]');
  if (!place) return;
  place.textContent = text;
  place.setAttribute('role', 'status');
  place.classList.toggle('gs-saved--bad', bad);
}

export function keeper(mount: HTMLElement, read: () => Promise<string>): Keeper {
  const url = mount.dataset.saveUrl;
  let revision = Number(mount.dataset.revision ?? 0);
  let [pending, stale, timer, since] = [false, false, 0, 0];
  let running: Promise<boolean> = Promise.resolve(true);

  const send = async (): Promise<boolean> => {
    pending = false;
    since = 0;
    told(t('正在保存…', 'Saving…'));
    try {
      const body = JSON.stringify({ xml: await read(), revision });
      const answer = await fetch(url!, { method: mount.dataset.saveMethod ?? 'PUT', body, headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...csrfHeader(mount.dataset.csrf) } });
      const said = (await answer.json().catch(() => ({}))) as Answer;
      if (answer.status === 409) {
        stale = true;
        told(said.message ?? said.error?.message ?? t('别人刚保存过这份草稿；您的修改还在本页，请先导出再刷新。', 'Somebody saved this draft first. Your work is still here: export it, then reload.'), true);
        return false;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      revision = said.revision ?? revision + 1;
      told(t('草稿已保存 ', 'Draft saved ') + new Date().toTimeString().slice(0, 8));
      mount.dispatchEvent(new CustomEvent('gs:draft', { bubbles: true, detail: { revision } }));
      return true;
    } catch {
      pending = true;
      told(t('没有保存上，30 秒后再试；请不要关闭页面', 'Not saved; trying again in 30 s. Keep this page open'), true);
      timer = window.setTimeout(() => void now(), 30000);
      return false;
    }
  };
  const now = (): Promise<boolean> => { clearTimeout(timer); running = running.then(() => (pending && !stale ? send() : !stale)); return running; };
  addEventListener('beforeunload', (e) => { if (pending) e.preventDefault(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden && pending) void now(); });
  return {
    dirty: () => pending,
    now,
    changed: () => {
      if (!url || stale) return;
      pending = true;
      since ||= Date.now();
      clearTimeout(timer);
      timer = window.setTimeout(() => void now(), Math.max(0, Math.min(WAIT_MS, since + LONGEST_MS - Date.now())));
    },
  };
}
