/** Uploaded files of a field: each is sent at once and leaves its id in the form; progress and refusals stand beside it. */
import { useState } from 'preact/hooks';
import { t } from '../kit/page.ts';
import { megabytes, refusal, rulesOf, sendFile, smaller } from '../kit/send-file.ts';
import { Icon } from './icon.tsx';
import { aria, type WidgetProps } from './widgets.tsx';

interface Going { key: number; file: File; share: number; error: string; final?: boolean; cancel?: () => void }
const ACCEPT = '.pdf,.jpg,.jpeg,.png,.ofd';
let keys = 0;

function Done({ p, id, at, drop }: { p: WidgetProps; id: string; at: number; drop: () => void }) {
  const { names, fileUrl } = p.registry.formContext;
  const name = names[id] ?? t(`已上传的文件 ${at + 1}`, `Uploaded file ${at + 1}`);
  return (
    <li class="gs-upload__file">
      <Icon name="file" /><a class="gs-clip" href={`${fileUrl}/${encodeURIComponent(id)}`} target="_blank" rel="noopener">{name}</a>
      {p.readonly || p.disabled ? <span /> : <button type="button" class="gs-btn gs-btn--quiet gs-btn--s" aria-label={t(`删除 ${name}`, `Remove ${name}`)} onClick={drop}><Icon name="trash" />{t('删除', 'Remove')}</button>}
    </li>
  );
}

function Files({ p, ids, many, change }: { p: WidgetProps; ids: string[]; many: boolean; change: (update: (ids: string[]) => string[]) => void }) {
  const [going, setGoing] = useState<Going[]>([]);
  const context = p.registry.formContext;
  const accept = String(p.options.accept ?? p.schema['x-accept'] ?? ACCEPT);
  const maxMb = String(p.options.maxMb ?? p.schema['x-max-mb'] ?? '20');
  const most = many ? Number(p.schema.maxItems ?? 20) : 1;
  const patch = (key: number, more: Partial<Going>): void => setGoing((g) => g.map((x) => (x.key === key ? { ...x, ...more } : x)));
  const remove = (key: number): void => setGoing((g) => g.filter((x) => x.key !== key));
  const send = async (chosen: File): Promise<void> => {
    const key = ++keys;
    setGoing((g) => [...g, { key, file: chosen, share: 0, error: '' }]);
    const file = await smaller(chosen);
    const refused = refusal(file, rulesOf(accept, maxMb));
    if (refused) { patch(key, { error: refused, final: true }); return; }
    const { done, cancel } = sendFile(context.uploadUrl, file, (share) => patch(key, { share }), context.csrf);
    patch(key, { cancel });
    try {
      const stored = await done;
      context.names[stored.id] = `${stored.name}（${megabytes(stored.size)}）`;
      remove(key);
      change((now) => (many ? [...now, stored.id] : [stored.id]));
    } catch (e) { patch(key, { error: (e as Error).message }); }
  };
  const locked = p.readonly || p.disabled;
  const room = most - ids.length - going.length;
  return (
    <div class="gs-upload" id={p.id} tabIndex={-1} role="group" aria-labelledby={`${p.id}-label`} {...(aria(p) as object)}>
      {(ids.length > 0 || going.length > 0) && (
        <ul class="gs-upload__list">
          {ids.map((id, at) => <Done key={id} p={p} id={id} at={at} drop={() => change((now) => now.filter((x) => x !== id))} />)}
          {going.map((g) => (
            <li key={g.key} class={`gs-upload__file${g.error ? ' gs-upload__file--error' : ''}`}>
              <Icon name={g.error ? 'fail' : 'file'} /><span class="gs-clip">{g.file.name}</span>
              <span class="gs-row">{g.error
                ? <>{!g.final && <button type="button" class="gs-btn gs-btn--s" onClick={() => { remove(g.key); void send(g.file); }}><Icon name="refresh" />{t('重试', 'Retry')}</button>}<button type="button" class="gs-btn gs-btn--quiet gs-btn--s" onClick={() => remove(g.key)}>{t('移除', 'Remove')}</button></>
                : <button type="button" class="gs-btn gs-btn--quiet gs-btn--s" onClick={() => g.cancel?.()}>{t('取消', 'Cancel')}</button>}</span>
              {!g.error && <progress max={1} value={g.share} aria-label={g.file.name} />}
              <span class="gs-upload__message" role="status">{g.error || t(`正在上传 ${Math.round(g.share * 100)}%`, `Uploading ${Math.round(g.share * 100)}%`)}</span>
            </li>
          ))}
        </ul>
      )}
      {locked && !ids.length && <span class="gs-muted">—</span>}
      {!locked && room > 0 && (
        <div class="gs-upload__drop"><Icon name="upload" /><span><strong>{t('选择文件', 'Choose files')}</strong>{t('，或拖到这里', ', or drop them here')}</span>
          <span class="gs-hint">{accept.replaceAll('.', '').replaceAll(',', t('、', ', ')).toUpperCase()}{t(`，每个不超过 ${maxMb} MB`, `, up to ${maxMb} MB each`)}</span>
          <input type="file" accept={accept} multiple={many} aria-label={t(`上传${p.label}`, `Upload ${p.label}`)} onChange={(e) => { for (const f of [...(e.currentTarget.files ?? [])].slice(0, room)) void send(f); e.currentTarget.value = ''; }} /></div>
      )}
    </div>
  );
}

// Several uploads end in one moment: each change starts from the newest list, not from the one that was drawn.
const newest = new Map<string, string[]>();
function changer(p: WidgetProps, ids: string[], emit: (ids: string[]) => void): (update: (ids: string[]) => string[]) => void {
  newest.set(p.id, ids);
  return (update) => { const next = update(newest.get(p.id) ?? ids); newest.set(p.id, next); emit(next); };
}

export function FilesWidget(p: WidgetProps) {
  const ids = Array.isArray(p.value) ? (p.value as string[]).filter(Boolean) : [];
  return <Files p={p} ids={ids} many change={changer(p, ids, (next) => p.onChange(next))} />;
}

export function FileWidget(p: WidgetProps) {
  const ids = typeof p.value === 'string' && p.value ? [p.value] : [];
  return <Files p={p} ids={ids} many={false} change={changer(p, ids, (next) => p.onChange(next[0]))} />;
}
