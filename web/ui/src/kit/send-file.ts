/** Sends one file with progress; says in one sentence why a file is refused. Used by the upload box and by the form island. */
import { csrfHeader, t } from './page.ts';

export interface Stored { id: string; name: string; size: number; url?: string }
export interface Rules { accept: string[]; maxBytes: number }

export const megabytes = (bytes: number): string => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
export const rulesOf = (accept = '', maxMb = '20'): Rules => ({ accept: accept.split(',').map((x) => x.trim().toLowerCase()).filter(Boolean), maxBytes: Number(maxMb || 20) * 1048576 });

const fits = (file: File, rule: string): boolean => (rule.startsWith('.') ? file.name.toLowerCase().endsWith(rule) : rule.endsWith('/*') ? file.type.startsWith(rule.slice(0, -1)) : file.type === rule);

/** Each cause has its own sentence (C09). Returns "" when the file may be sent. */
export function refusal(file: File, rules: Rules): string {
  if (file.size === 0) return t('文件是空的，请重新选择。', 'The file is empty. Choose another one.');
  if (rules.accept.length && !rules.accept.some((r) => fits(file, r))) return t(`不支持这种文件，请上传 ${rules.accept.join('、')}。`, `This type is not accepted. Send ${rules.accept.join(', ')}.`);
  if (file.size > rules.maxBytes) return t(`文件 ${megabytes(file.size)}，超过 ${megabytes(rules.maxBytes)}，请压缩或拆分后再传。`, `${megabytes(file.size)} is over the limit of ${megabytes(rules.maxBytes)}.`);
  return '';
}

/** A photo from a phone is far larger than an examiner needs; anything else goes as it is. */
export async function smaller(file: File): Promise<File> {
  if (file.type !== 'image/jpeg' || file.size < 2 * 1048576) return file;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 2600 / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.86));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: 'image/jpeg', lastModified: file.lastModified }) : file;
  } catch { return file; }
}

/** Expects JSON `{id, name, size}`; a refusal answers 4xx with `{message}`. Rejects with an Error whose message may be shown. */
export function sendFile(url: string, file: File, progress: (share: number) => void, csrf?: string): { done: Promise<Stored>; cancel: () => void } {
  const xhr = new XMLHttpRequest();
  const done = new Promise<Stored>((resolve, reject) => {
    xhr.upload.addEventListener('progress', (e) => { if (e.lengthComputable) progress(e.loaded / e.total); });
    xhr.addEventListener('error', () => reject(new Error(t('网络中断，文件没有传完，请点“重试”。', 'The connection broke. Press “Retry”.'))));
    xhr.addEventListener('abort', () => reject(new Error(t('已取消。', 'Cancelled.'))));
    xhr.addEventListener('load', () => {
      const body = (xhr.response ?? {}) as Stored & { message?: string };
      if (xhr.status < 300 && body.id) resolve({ ...body, id: String(body.id), name: body.name ?? file.name, size: body.size ?? file.size });
      else if (xhr.status === 413) reject(new Error(t('文件太大，服务器没有接收。', 'The file is too large for the server.')));
      else reject(new Error(body.message || t(`没有上传成功（${xhr.status}），请点“重试”。`, `Upload failed (${xhr.status}). Press “Retry”.`)));
    });
  });
  xhr.open('POST', url);
  xhr.responseType = 'json';
  xhr.setRequestHeader('Accept', 'application/json');
  for (const [k, v] of Object.entries(csrfHeader(csrf))) xhr.setRequestHeader(k, v);
  const form = new FormData();
  form.append('file', file, file.name);
  xhr.send(form);
  return { done, cancel: () => xhr.abort() };
}
