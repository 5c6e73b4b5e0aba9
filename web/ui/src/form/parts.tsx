/** One section a page on a citizen's phone: 上一步 / 继续, each step in the history, so that Back keeps the answers. Source: C06. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../kit/page.ts';
import { Icon } from './icon.tsx';
import type { Section } from './prepare.ts';
import { parts } from './schema.ts';

export interface Part { shown: number; go: (to: number) => void; showFor: (path: string) => void; back: () => void }

export function usePart(sections: Section[], readonly: boolean): Part {
  const phone = !readonly && sections.length > 1 && document.documentElement.classList.contains('gs-citizen') && matchMedia('(max-width: 760px)').matches;
  const fromAddress = (): number => Math.min(sections.length - 1, Math.max(0, Number(/^#part-(\d+)$/.exec(location.hash)?.[1] ?? 1) - 1));
  const [shown, setShown] = useState(phone ? fromAddress() : -1);
  useEffect(() => {
    if (!phone) return undefined;
    const onBack = (): void => setShown(fromAddress());
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, []);
  const go = (to: number): void => { history.pushState(null, '', `#part-${to + 1}`); setShown(to); scrollTo(0, 0); };
  const showFor = (path: string): void => { const at = sections.findIndex((s) => s.fields.includes(parts(path)[0] ?? '')); if (phone && at >= 0 && at !== shown) go(at); };
  return { shown, go, showFor, back: () => history.back() };
}

export function Parts({ part, sections, check, host }: { part: Part; sections: Section[]; check: (only: string[] | null) => boolean; host: HTMLFormElement | null }) {
  const last = part.shown < 0 || part.shown === sections.length - 1;
  useEffect(() => { host?.toggleAttribute('data-gs-more', !last); }, [last]);
  if (part.shown < 0) return null;
  return (
    <div class="gs-form__steps">
      <p class="gs-muted" aria-live="polite">{t(`第 ${part.shown + 1} 部分，共 ${sections.length} 部分`, `Part ${part.shown + 1} of ${sections.length}`)}</p>
      {!last && <button type="button" class="gs-btn gs-btn--primary gs-btn--l gs-btn--block" onClick={() => { if (check(sections[part.shown]!.fields)) part.go(part.shown + 1); }}>{t('继续', 'Continue')}</button>}
      {part.shown > 0 && <button type="button" class="gs-btn gs-btn--block" onClick={part.back}><Icon name="back" />{t('上一步', 'Back')}</button>}
    </div>
  );
}
