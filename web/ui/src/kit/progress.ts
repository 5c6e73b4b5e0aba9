/** Long work: asks the server how far it is, shows the share and the time left, and tells when it is done, even on another tab. */
import { each, t } from './page.ts';
import { toast } from './toast.ts';

export interface JobState { state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'; percent?: number; done?: number; total?: number; eta_s?: number | null; message?: string; result_url?: string }

export function timeLeft(seconds: number | null | undefined): string {
  if (seconds == null) return '';
  if (seconds < 60) return t(`约剩 ${Math.max(1, Math.round(seconds))} 秒`, `about ${Math.max(1, Math.round(seconds))} s left`);
  return t(`约剩 ${Math.round(seconds / 60)} 分钟`, `about ${Math.round(seconds / 60)} min left`);
}

function show(node: HTMLElement, job: JobState): void {
  const percent = job.percent ?? (job.total ? ((job.done ?? 0) / job.total) * 100 : undefined);
  const bar = node.querySelector('progress');
  if (bar) { bar.max = 100; if (percent === undefined) bar.removeAttribute('value'); else bar.value = percent; }
  const put = (name: string, text: string): void => { const x = node.querySelector(`[data-gs-job="${name}"]`); if (x) x.textContent = text; };
  put('percent', percent === undefined ? '' : `${Math.floor(percent)}%`);
  put('count', job.total ? `${job.done ?? 0} / ${job.total}` : '');
  put('eta', job.state === 'running' ? timeLeft(job.eta_s) : '');
  put('message', job.message ?? '');
  for (const x of node.querySelectorAll<HTMLElement>('[data-gs-job-when]')) x.hidden = !x.dataset.gsJobWhen!.split(' ').includes(job.state);
  const result = node.querySelector<HTMLAnchorElement>('a[data-gs-job="result"]');
  if (result && job.result_url) result.href = job.result_url;
}

export function startProgress(): void {
  each<HTMLElement>('[data-gs-progress]', (node) => {
    let wait = 800;
    const ask = async (): Promise<void> => {
      if (!node.isConnected) return;
      try {
        const answer = await fetch(node.dataset.gsProgress!, { headers: { Accept: 'application/json' } });
        const job = (await answer.json()) as JobState;
        show(node, job);
        if (job.state !== 'running' && job.state !== 'queued') {
          toast(job.message || (job.state === 'done' ? t('已完成', 'Done') : t('没有完成', 'Not done')), job.state === 'done' ? 'pass' : 'fail');
          node.dispatchEvent(new CustomEvent('gs:done', { bubbles: true, detail: job }));
          if (node.dataset.gsNext && job.state === 'done') location.assign(node.dataset.gsNext);
          return;
        }
      } catch { wait = Math.min(10000, wait * 2); }
      wait = Math.min(Math.max(wait, 1000) * 1.15, 3000);
      setTimeout(() => void ask(), wait);
    };
    void ask();
  });
}
