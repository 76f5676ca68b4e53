/** One way to ask the server: JSON over `/api/v1`, and every failure an error with words for people. */
import type { z } from 'zod';
import { problem, UmeError, type Problem } from '#shared/protocol/errors.ts';
import { reach } from '#lib/reach.svelte.ts';

const LIMIT_MS = 20_000;

/** The server wasn't reached, or took too long: nothing is known about what became of the request. */
export class OfflineError extends UmeError {
  override name = 'OfflineError';
  constructor(cause?: unknown) {
    super(
      {
        code: 'offline',
        status: 0,
        title: "ume can't be reached.",
        detail: 'Check your connection and try again.'
      },
      { cause }
    );
  }
}

export const isOffline = (error: unknown): boolean => error instanceof OfflineError;

const unexpected = (status: number): Problem => ({
  code: 'unexpected',
  status,
  title: 'That went wrong on our side.',
  detail: 'Try again in a moment.'
});

async function problemIn(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null);
  const read = problem.safeParse(body);
  return read.success ? read.data : unexpected(answer.status);
}

export interface Ask<S extends z.ZodType> {
  body?: unknown;
  /** What a good answer looks like; without, the answer is not read. */
  answer?: S;
  signal?: AbortSignal;
}

/**
 * @param path below `/api/v1`, beginning with a slash
 * @throws {OfflineError} where the server isn't reached
 * @throws {UmeError} what the server said, or that its answer can't be read
 */
export async function ask<S extends z.ZodType = z.ZodType<void>>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  { body, answer, signal }: Ask<S> = {}
): Promise<z.output<S>> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([limit, signal]) : limit
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    reach.missed();
    throw new OfflineError(error);
  }
  reach.heard();
  if (!response.ok) throw new UmeError(await problemIn(response));
  if (!answer) return undefined as z.output<S>;
  const read = answer.safeParse(await response.json().catch(() => undefined));
  if (!read.success) {
    console.error(`The answer to ${method} ${path} is not what was expected.`, read.error);
    throw new UmeError(unexpected(response.status));
  }
  return read.data;
}

/** Words for whatever was thrown. */
export const wordsOf = (error: unknown): string =>
  error instanceof UmeError ? error.message : 'Something went wrong. Try again in a moment.';
