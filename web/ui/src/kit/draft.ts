/** Draft guard: what is typed is on the server within 2 s, comes back after a crash, and is not left by accident. Source: E14. */
import { csrfHeader, each, el, icon, meta, t } from './page.ts';

type Fields = Record<string, string>;
const DELAY_MS = 1000;
const LONGEST_MS = 2000;

type Field = HTMLTextAreaElement | HTMLInputElement;
const KEPT = 'textarea[name], input[type="text"][name], [data-gs-form-data], [data-gs-draft-field]';
const fieldsOf = (form: HTMLFormElement): Field[] => [...form.querySelectorAll<Field>(KEPT)].filter((f) => f.name);
const radiosOf = (form: HTMLFormElement): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>('.gs-actions input[type="radio"][name]')];

function read(form: HTMLFormElement): Fields {
  const chosen = radiosOf(form).filter((r) => r.checked).map((r) => [r.name, r.value]);
  return Object.fromEntries([...fieldsOf(form).map((f) => [f.name, f.value]), ...chosen]) as Fields;
}

/** The JSON of a form island is compared by content: two programs write the same value with other spaces. */
function differs(a: string, b: string): boolean {
  if (a === b) return false;
  try { return JSON.stringify(JSON.parse(a)) !== JSON.stringify(JSON.parse(b)); } catch { return true; }
}

class Draft {
  private readonly url: string;
  private readonly note: HTMLElement;
  private timer = 0;
  private since = 0;
  private dirty = false;
  private saved = true;
  private sent = false;

  constructor(private readonly form: HTMLFormElement) {
    this.url = form.dataset.gsDraft!;
    this.note = form.querySelector<HTMLElement>('[data-gs-draft-note]') ?? form.appendChild(el('div', { class: 'gs-saved' }));
    this.note.setAttribute('role', 'status');
    form.addEventListener('input', () => this.touched());
    form.addEventListener('gs:sent', () => { this.sent = true; this.dirty = false; clearTimeout(this.timer); localStorage.removeItem(this.localKey); });
    addEventListener('pageshow', (e) => { if (e.persisted) this.sent = false; });
    addEventListener('pagehide', () => { if (this.dirty && !this.saved) void this.save(true); });
    addEventListener('beforeunload', (e) => {
      const asks = form.dataset.gsDraftAsk === 'unsaved' ? !this.saved : this.dirty;
      if (asks && document.contains(form)) e.preventDefault();
    });
    void this.restore();
  }

  /** Only the same person finds on this machine what the server could not take. */
  private get localKey(): string { return `gs.draft.${meta('gs-user')}.${this.url}`; }

  private touched(): void {
    // What was submitted is no draft any more.
    if (this.sent) return;
    this.dirty = true;
    this.saved = false;
    this.since ||= Date.now();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), Math.max(0, Math.min(DELAY_MS, this.since + LONGEST_MS - Date.now())));
  }

  private async save(last = false): Promise<void> {
    this.since = 0;
    const body = JSON.stringify({ fields: read(this.form) });
    try {
      const answer = await fetch(this.url, { method: 'POST', body, keepalive: last, redirect: 'error', headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...csrfHeader() } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.saved = true;
      localStorage.removeItem(this.localKey);
      this.say(t('草稿已保存 ', 'Draft saved ') + new Date().toTimeString().slice(0, 5));
    } catch {
      localStorage.setItem(this.localKey, body);
      this.say(t('草稿暂存在本机，服务器未收到', 'Kept on this computer; the server did not answer'), true);
    }
  }

  private async restore(): Promise<void> {
    const local = localStorage.getItem(this.localKey);
    let fields: Fields = {};
    try {
      const answer = await fetch(this.url, { headers: { Accept: 'application/json' } });
      if (answer.ok && answer.status !== 204) fields = ((await answer.json()) as { fields?: Fields }).fields ?? {};
    } catch { /* No server, no draft of the server's: what this machine kept still counts. */ }
    if (local) Object.assign(fields, (JSON.parse(local) as { fields: Fields }).fields);
    // What was typed while the answer travelled wins.
    if (this.dirty) return;
    const before = read(this.form);
    for (const r of radiosOf(this.form)) if (fields[r.name] === r.value) r.checked = true;
    const changed = fieldsOf(this.form).filter((f) => fields[f.name] && fields[f.name] !== '{}' && differs(fields[f.name]!, f.value));
    if (!changed.length) return;
    for (const f of changed) { f.value = fields[f.name]!; f.dispatchEvent(new Event('change', { bubbles: true })); }
    const undo = el('button', { type: 'button', class: 'gs-btn gs-btn--quiet gs-btn--s', click: () => { for (const f of changed) { f.value = before[f.name] ?? ''; f.dispatchEvent(new Event('change', { bubbles: true })); } this.touched(); } }, t('放弃草稿', 'Discard'));
    this.say(t('已恢复上次未提交的内容', 'Your unsent text is back'));
    this.note.append(undo);
    if (local) this.touched();
  }

  private say(text: string, bad = false): void {
    this.note.classList.toggle('gs-saved--bad', bad);
    this.note.replaceChildren(icon(bad ? 'warn' : 'check'), ` ${text}`);
  }
}

export const startDrafts = (): void => each<HTMLFormElement>('form[data-gs-draft]', (form) => { new Draft(form); });
