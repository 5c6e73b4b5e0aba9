/** What every behaviour needs to know of the page: its language, its CSRF token, its icons, its preferences. */

export const english = (): boolean => document.documentElement.lang.toLowerCase().startsWith('en');
export const t = (zh: string, en: string): string => (english() ? en : zh);

export const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
export const csrfHeader = (token = meta('csrf-token')): Record<string, string> => ({ 'X-CSRF-Token': token });

// Entries lie beside the sprite, shared chunks one folder below it.
const spriteUrl = (): string => meta('gs-icons') || import.meta.url.replace(/(chunks\/)?[^/]*$/, 'icons.svg');

export function icon(name: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'gs-icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${spriteUrl()}#${name}`);
  svg.append(use);
  return svg;
}

type Props = Record<string, string | number | boolean | ((event: Event) => void)>;

/** An element with properties as attributes; functions become listeners, false leaves the attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'function') node.addEventListener(key, value);
    else if (value !== false) node.setAttribute(key, value === true ? '' : String(value));
  }
  node.append(...children);
  return node;
}

/** Runs `mount` once for each match, now and after every htmx swap. */
export function each<T extends HTMLElement>(selector: string, mount: (node: T) => void): void {
  const done = new WeakSet<Element>();
  const scan = (): void => {
    for (const node of document.querySelectorAll<T>(selector)) {
      if (done.has(node)) continue;
      done.add(node);
      mount(node);
    }
  };
  scan();
  document.addEventListener('htmx:load', scan);
  document.addEventListener('gs:scan', scan);
}

/** Delegated listener: works for what htmx brings later. */
export function on(type: string, selector: string, act: (node: HTMLElement, event: Event) => void, capture = false): void {
  document.addEventListener(type, (event) => {
    const node = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
    if (node) act(node, event);
  }, capture);
}

/** Preferences are cookies, so that the server draws the page right the first time. */
export const preference = (name: string): string => document.cookie.match(new RegExp(`(?:^|; )gs_${name}=([^;]*)`))?.[1] ?? '';
export function prefer(name: string, value: string): void {
  document.cookie = `gs_${name}=${value}; path=/; max-age=${value ? 31536000 : 0}; samesite=lax`;
}

/** randomUUID exists only on https; an intranet on plain http needs the same 122 random bits. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  return [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
}
