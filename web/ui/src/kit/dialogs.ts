/** Dialogs and drawers are native `<dialog>`: opened by id, closed by Esc, a button or a click beside a drawer. */
import { each, on } from './page.ts';

export function startDialogs(): void {
  on('click', '[data-gs-open]', (button, event) => {
    const dialog = document.getElementById(button.dataset.gsOpen ?? '');
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[autofocus]')?.focus();
  });
  on('click', '[data-gs-close]', (button, event) => {
    event.preventDefault();
    button.closest('dialog')?.close();
  });
  on('click', 'dialog.gs-drawer', (dialog, event) => {
    if (event.target === dialog) (dialog as HTMLDialogElement).close();
  });
  // htmx brings a whole dialog: it opens as soon as it is in the page.
  each<HTMLDialogElement>('dialog[data-gs-now]', (dialog) => { if (!dialog.open) dialog.showModal(); });
  // A summary of errors that the server wrote takes the focus, and the title says so.
  each<HTMLElement>('.gs-summary', (summary) => {
    summary.tabIndex = -1;
    summary.focus();
  });
}
