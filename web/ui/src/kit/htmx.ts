/** htmx with the house's rules: CSRF header on every request, no eval, refusals (409, 422) are shown, failures are told. */
import htmx from 'htmx.org';
import { csrfHeader, t } from './page.ts';
import { toast } from './toast.ts';

export function startHtmx(): void {
  Object.assign(window, { htmx });
  Object.assign(htmx.config, {
    includeIndicatorStyles: false, allowEval: false, historyCacheSize: 0, scrollBehavior: 'auto',
    responseHandling: [
      { code: '204', swap: false },
      { code: '[23]..', swap: true },
      { code: '(403|404|409|422)', swap: true, error: false },
      { code: '[45]..', swap: false, error: true },
    ],
  });
  document.addEventListener('htmx:configRequest', (event) => {
    Object.assign((event as CustomEvent<{ headers: Record<string, string> }>).detail.headers, csrfHeader());
  });
  document.addEventListener('htmx:sendError', () => toast(t('网络不通，内容没有丢失，请稍后再试。', 'No connection. Nothing is lost; please try again.'), 'fault'));
  document.addEventListener('htmx:responseError', (event) => {
    const { status } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
    if (status === 401) toast(t('登录已超时，请重新登录，已填内容会保留。', 'Your session ended. Sign in again; your text is kept.'), 'manual');
    else toast(t(`服务器没有完成这次操作（${status}），请稍后再试。`, `The server could not do this (${status}). Please try again.`), 'fail');
  });
}
