/** One icon of the kit's sprite. */
import { icon } from '../kit/page.ts';

export function Icon({ name }: { name: string }) {
  const href = icon(name).firstElementChild!.getAttribute('href')!;
  return <svg class="gs-icon" aria-hidden="true"><use href={href} /></svg>;
}
