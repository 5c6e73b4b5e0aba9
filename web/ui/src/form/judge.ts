/** What the renderer asks a validator for: only whether a condition holds. Faults are ours to find and to word. */
import { validatorOf } from './faults.ts';
import type { Schema } from './schema.ts';

export const judge = {
  isValid: (schema: unknown, data: unknown, root: unknown): boolean => {
    try { return validatorOf(schema as Schema, root as Schema, true).validate(data ?? {}).valid; } catch { return false; }
  },
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: () => ({ errors: [] }),
};
