/** Turns whatever was thrown into problem details (RFC 9457), and says which of it is ours to worry about. */
import { ZodError } from 'zod';
import { invalid, storageDown, UmeError, type Problem } from '#shared/protocol/errors.ts';
import { isAway } from '../store/away.ts';

/** The first thing wrong, in the words of the schema. */
export function invalidFrom(error: ZodError): UmeError {
  const [first] = error.issues;
  const field = first?.path.join('.');
  return invalid({ detail: first?.message, ...(field ? { field } : {}) });
}

interface HttpError {
  status?: unknown;
  type?: unknown;
}

const BODY_PROBLEMS: Record<string, Problem> = {
  'entity.too.large': {
    code: 'body_too_large',
    status: 413,
    title: 'That is too much to send at once.',
    detail: 'A request is at most 2 MB. Send it in smaller pieces.'
  },
  'entity.parse.failed': {
    code: 'bad_json',
    status: 400,
    title: "The body can't be read.",
    detail: 'It must be valid JSON.'
  }
};

/**
 * The problem an error is, for the one who asked. Null where the error is not theirs but ours: then nothing of it may
 * reach them.
 */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof UmeError) return error.problem;
  if (error instanceof ZodError) return invalidFrom(error).problem;
  const { status, type } = (error ?? {}) as HttpError;
  if (isAway(error))
    return storageDown({ title: 'The database does not answer right now.', detail: 'Try again in a moment.' })
      .problem;
  if (typeof type === 'string' && BODY_PROBLEMS[type]) return BODY_PROBLEMS[type];
  // What Express and its body parser refuse by themselves: broken escapes in the path, unknown encodings.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return {
      code: 'bad_request',
      status,
      title: "That request can't be understood.",
      detail: 'Check its address, headers and encoding.'
    };
  return null;
}

/** A problem as it is sent. */
export const problemBody = (problem: Problem): Problem & { type: string } => ({
  type: `urn:ume:problem:${problem.code}`,
  ...problem
});
