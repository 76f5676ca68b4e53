import type { z } from 'zod';
import { UmeError } from '#shared/protocol/errors.ts';
import { wordsOf } from '#lib/api/request.ts';

/** What is wrong with a form, by field, and whether it is being sent. The values stay with the screen. */
export class Form {
  errors = $state<Record<string, string>>({});
  /** What is wrong with no field in particular. */
  failure = $state('');
  busy = $state(false);

  /** Checks values; true where they are good. `under` is put before the field's name, as the server does. */
  check(shape: z.ZodType, values: unknown, under = ''): boolean {
    const result = shape.safeParse(values);
    this.errors = {};
    if (result.success) return true;
    for (const issue of result.error.issues) {
      const field = [under, ...issue.path].filter((part) => part !== '').join('.');
      this.errors[field] ??= issue.message;
    }
    return false;
  }

  clear(field: string): void {
    delete this.errors[field];
    this.failure = '';
  }

  /** Sends; a second press while it is under way does nothing. Answers whether it went well. */
  async send(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = '';
    this.errors = {};
    try {
      await work();
      return true;
    } catch (error) {
      const problem = error instanceof UmeError ? error.problem : null;
      if (problem?.field) this.errors[problem.field] = problem.detail ?? problem.title;
      else this.failure = wordsOf(error);
      if (!problem) console.error(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
