/**
 * Errors a person can cause. On HTTP they are problem details (RFC 9457), on sockets the same object in an
 * acknowledgement or message. `title` says what was wrong, `detail` what would be right.
 */
import { z } from 'zod';

export const problem = z.object({
  /** A stable code for programs: `update_too_large`. */
  code: z.string(),
  /** HTTP status that fits. */
  status: z.number().int(),
  title: z.string(),
  detail: z.string().optional(),
  /** The field it is about, where it is about one. */
  field: z.string().optional()
});
export type Problem = z.infer<typeof problem>;

/** An error with words for people; every layer may throw one and every door knows how to show it. */
export class UmeError extends Error {
  override name = 'UmeError';
  readonly problem: Problem;
  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail ? `${problem.title} ${problem.detail}` : problem.title, options);
    this.problem = problem;
  }
}

const make =
  (code: string, status: number, title: string, detail?: string) =>
  (over: Partial<Omit<Problem, 'code' | 'status'>> = {}): UmeError =>
    new UmeError({ code, status, title, detail, ...over });

export const notSignedIn = make('not_signed_in', 401, 'You are not signed in.', 'Sign in and try again.');
export const forbidden = make(
  'forbidden',
  403,
  'You may not do that.',
  'Ask someone who manages your workspace.'
);
export const notFound = make(
  'not_found',
  404,
  "That isn't here.",
  'It may have been removed, or you may not see it.'
);
export const invalid = make('invalid', 422, "That can't be used as it is.");
export const conflict = make('conflict', 409, 'Somebody was faster.', 'Look at how it is now and try again.');
export const tooMany = make(
  'too_many_requests',
  429,
  'That was too much at once.',
  'Wait a moment and try again.'
);
export const updateTooLarge = make(
  'update_too_large',
  413,
  'This edit is too large to save.',
  'Make it in smaller pieces, or attach a file instead.'
);
export const documentTooLarge = make(
  'document_too_large',
  413,
  'This document is full.',
  'Move part of it to another one.'
);
export const tooManyDocuments = make(
  'too_many_documents',
  429,
  'Too many documents are open at once.',
  'Close some tabs.'
);
export const tooManyConnections = make(
  'too_many_connections',
  429,
  'You are connected too many times.',
  'Close some tabs or programs.'
);
export const documentQuarantined = make(
  'document_unreadable',
  503,
  "This document can't be read right now.",
  'Nothing is overwritten. Whoever runs ume finds the reason in the log and with ./ume doctor.'
);
export const storageDown = make(
  'storage_down',
  503,
  "Changes can't be saved right now.",
  'They are kept and saved as soon as the database answers.'
);
export const readOnly = make(
  'read_only',
  403,
  'You may read this, but not change it.',
  'Your change was not saved.'
);
export const rubbish = make('bad_message', 400, "That message can't be understood.");
