/** What templates and widgets of one form share: set once by the island, passed by the renderer as `formContext`. */
import type { Json } from './schema.ts';
import type { Section } from './prepare.ts';

export interface FormContext {
  uploadUrl: string;
  csrf: string;
  fileUrl: string;
  /** Names of files known so far, by id. */
  names: Record<string, string>;
  sections: Section[];
  /** The only section shown (a phone shows one thing a page), or -1 for all. */
  part: number;
  sources: Record<string, string>;
}

export type Value = { [key: string]: Json | undefined };

/** The parts of the renderer's props that our templates read; the library types them by React, we draw with preact. */
export interface Drawn {
  id: string; label: string; required?: boolean; readonly?: boolean; disabled?: boolean; hidden?: boolean; displayLabel?: boolean;
  rawErrors?: string[]; rawDescription?: string; schema: Record<string, unknown>; uiSchema?: Record<string, unknown>; children: unknown;
  fieldPathId: { $id: string; path: (string | number)[] }; registry: { formContext: FormContext; rootSchema?: object };
}

export const optionsOf = (ui: Record<string, unknown> | undefined): Record<string, unknown> => (ui?.['ui:options'] as Record<string, unknown>) ?? {};
export const pathOf = (at: { path: (string | number)[] }): string => at.path.map((p) => `/${p}`).join('');
