/** Upload box: by button, drag or camera; each file has its own bar, message, retry and removal. */
import { each, el, icon, t } from './page.ts';
import { megabytes, refusal, rulesOf, sendFile, smaller } from './send-file.ts';

function removable(item: HTMLElement, name: string): HTMLElement {
  return el('button', { type: 'button', class: 'gs-close', 'aria-label': t(`移除 ${name}`, `Remove ${name}`), click: () => { const box = item.closest('[data-gs-upload]'); item.remove(); box?.dispatchEvent(new Event('change', { bubbles: true })); } }, icon('close'));
}

function row(name: string, iconName: string): { item: HTMLLIElement; message: HTMLElement; bar: HTMLProgressElement; tools: HTMLElement } {
  const message = el('span', { class: 'gs-upload__message', role: 'status' });
  const bar = el('progress', { max: 1, value: 0, 'aria-label': name });
  const tools = el('span', { class: 'gs-row' });
  const item = el('li', { class: 'gs-upload__file' }, icon(iconName), el('span', { class: 'gs-clip', title: name }, name), tools, bar, message);
  return { item, message, bar, tools };
}

function add(box: HTMLElement, list: HTMLElement, chosen: File): void {
  const url = box.dataset.url!;
  const { item, message, bar, tools } = row(chosen.name, chosen.type.startsWith('image/') ? 'image' : 'file');
  list.append(item);
  const fail = (text: string, retry: boolean): void => {
    bar.remove();
    item.classList.add('gs-upload__file--error');
    message.textContent = text;
    tools.replaceChildren(removable(item, chosen.name));
    if (retry) tools.prepend(el('button', { type: 'button', class: 'gs-btn gs-btn--s', click: () => { item.remove(); add(box, list, chosen); } }, icon('refresh'), t('重试', 'Retry')));
  };
  const send = async (): Promise<void> => {
    const refused = chosen.type === 'image/jpeg' ? '' : refusal(chosen, rulesOf(box.dataset.accept, box.dataset.maxMb));
    if (refused) return fail(refused, false);
    const file = await smaller(chosen);
    const stillRefused = refusal(file, rulesOf(box.dataset.accept, box.dataset.maxMb));
    if (stillRefused) return fail(stillRefused, false);
    const { done, cancel } = sendFile(url, file, (share) => { bar.value = share; message.textContent = t(`正在上传 ${Math.round(share * 100)}%`, `Uploading ${Math.round(share * 100)}%`); });
    tools.replaceChildren(el('button', { type: 'button', class: 'gs-btn gs-btn--quiet gs-btn--s', click: cancel }, t('取消', 'Cancel')));
    try {
      const stored = await done;
      bar.remove();
      item.dataset.fileId = stored.id;
      message.textContent = t(`已上传，${megabytes(stored.size)}`, `Uploaded, ${megabytes(stored.size)}`);
      tools.replaceChildren(el('input', { type: 'hidden', name: box.dataset.name ?? 'files', value: stored.id }), removable(item, chosen.name));
      box.dispatchEvent(new Event('change', { bubbles: true }));
    } catch (e) { fail((e as Error).message, true); }
  };
  void send();
}

export function startUploads(): void {
  each<HTMLElement>('[data-gs-upload]', (box) => {
    box.classList.add('gs-upload');
    const many = box.dataset.multiple !== undefined;
    const list = box.querySelector<HTMLElement>('.gs-upload__list') ?? el('ul', { class: 'gs-upload__list' });
    for (const item of list.querySelectorAll<HTMLElement>('[data-file-id]')) item.append(removable(item, item.textContent?.trim() ?? ''));
    const input = el('input', { type: 'file', multiple: many, accept: box.dataset.accept ?? '', 'aria-label': box.dataset.label ?? t('选择文件', 'Choose files') });
    const take = (files: FileList | null | undefined): void => {
      if (!files?.length) return;
      if (!many) list.replaceChildren();
      for (const f of many ? files : [files[0]!]) add(box, list, f);
      input.value = '';
    };
    input.addEventListener('change', () => take(input.files));
    const limits = [box.dataset.accept?.replaceAll(',', '、'), t(`每个不超过 ${box.dataset.maxMb ?? 20} MB`, `up to ${box.dataset.maxMb ?? 20} MB each`)].filter(Boolean).join('，');
    const drop = el('div', { class: 'gs-upload__drop' }, icon('upload'), el('span', {}, el('strong', {}, t('选择文件', 'Choose files')), t('，或拖到这里', ', or drop them here')), el('span', { class: 'gs-hint' }, limits), input);
    box.addEventListener('dragover', (e) => { e.preventDefault(); box.classList.add('gs-upload--over'); });
    box.addEventListener('dragleave', () => box.classList.remove('gs-upload--over'));
    box.addEventListener('drop', (e) => { e.preventDefault(); box.classList.remove('gs-upload--over'); take(e.dataTransfer?.files); });
    box.append(drop, list);
  });
}
