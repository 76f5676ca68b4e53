/** Sends one command over HTTP and reads what became of it. */
import type { Row } from '#shared/kernel/row.ts';
import { problem as problemShape, type Problem } from '#shared/protocol/errors.ts';
import type { Command, Pending } from './commands.ts';
import type { SendResult } from './outbox-queue.ts';

const ulidOf = (record: string): string => record.slice(record.indexOf('/') + 1);

/** The request of a command. */
export function requestOf(command: Command): { method: string; path: string; body?: unknown } {
  const records = `/api/v1/records/${command.type}`;
  const one = `${records}/${ulidOf(command.record)}`;
  switch (command.kind) {
    case 'create':
      return {
        method: 'POST',
        path: records,
        body: {
          id: command.record,
          ...(command.space !== null && { space: command.space }),
          ...(command.state !== null && { state: command.state }),
          fields: command.fields,
          ...(command.place && { place: command.place })
        }
      };
    case 'move':
      return {
        method: 'POST',
        path: `${one}/commands/move`,
        body: { ...(command.state !== null && { state: command.state }), place: command.place }
      };
    case 'patch':
      return { method: 'PATCH', path: one, body: { fields: command.fields } };
    case 'delete':
      return { method: 'DELETE', path: one };
    case 'restore':
      return { method: 'POST', path: `${one}/commands/restore`, body: {} };
  }
}

const unknownProblem = (status: number): Problem => ({
  code: 'refused',
  status,
  title: 'The workspace refused this change.',
  detail: 'Try again, or discard it.'
});

/** What an answer means for the command that waits for it. */
export async function readAnswer(command: Command, answer: Response): Promise<SendResult> {
  if (answer.ok) {
    const body = (await answer.json().catch(() => null)) as Partial<Row> | null;
    return {
      kind: 'done',
      position: typeof body?.position === 'number' ? body.position : 0,
      ...(body && typeof body.id === 'string' && 'fields' in body && { row: body as Row })
    };
  }
  if (answer.status === 401) return { kind: 'signedOut' };
  // What is to be deleted is gone already: that is what was asked for.
  if (command.kind === 'delete' && (answer.status === 404 || answer.status === 410))
    return { kind: 'done', position: 0 };
  if (answer.status >= 500 || [408, 425, 429].includes(answer.status)) {
    const seconds = Number(answer.headers.get('retry-after'));
    return { kind: 'later', ...(seconds > 0 && { afterMs: seconds * 1000 }) };
  }
  const body = problemShape.safeParse(await answer.json().catch(() => null));
  return { kind: 'refused', problem: body.success ? body.data : unknownProblem(answer.status) };
}

export const sender =
  (request: typeof fetch) =>
  async ({ id, key, command }: Pending): Promise<SendResult> => {
    const { method, path, body } = requestOf(command);
    const answer = await request(path, {
      method,
      credentials: 'same-origin',
      headers: {
        'idempotency-key': key ?? id,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' })
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000)
    });
    return readAnswer(command, answer);
  };
