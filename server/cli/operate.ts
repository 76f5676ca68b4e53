/**
 * Does something with a server's parts: by asking the running server of the data folder over its control channel, or,
 * where none is running, by building the parts here for a moment.
 */
import { UmeError, type Problem } from '#shared/protocol/errors.ts';
import type { Access } from '../access/access.ts';
import { readControl, type Control } from '../access/control.ts';
import type { Config } from '../config.ts';
import { OPERATOR_HEADER } from '../http/mount.ts';
import { plainLog } from './log.ts';

export interface Operation<Answer> {
  /** Under `/api/v1/admin/`. */
  path: string;
  body: object;
  /** The same, done here. `address` is where people will reach the server. */
  alone(access: Access, address: string): Promise<Answer>;
}

/** Asks the running server; null where it does not answer. @throws {UmeError} what it says. */
async function ask<Answer>(control: Control, { path, body }: Operation<Answer>): Promise<Answer | null> {
  const request = fetch(`${control.url}/api/v1/admin/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [OPERATOR_HEADER]: control.token },
    body: JSON.stringify(body)
  });
  const response = await request.catch(() => null);
  if (!response) return null;
  const answer = (await response.json()) as unknown;
  if (!response.ok) throw new UmeError(answer as Problem);
  return answer as Answer;
}

/** Where people reach a server with these settings. */
export const addressOf = (config: Config): string =>
  config.UME_URL ??
  `http://${['0.0.0.0', '::'].includes(config.HOST) ? 'localhost' : config.HOST}:${config.PORT}`;

/** @throws {UmeError} what the server says; {EngineError} when no database is to be had. */
export async function operate<Answer>(config: Config, operation: Operation<Answer>): Promise<Answer> {
  const control = await readControl(config.UME_DATA);
  const answer = control ? await ask(control, operation) : null;
  if (answer !== null) return answer;
  // All of the server: read only where it is needed.
  const { compose } = await import('../compose.ts');
  const server = await compose(config, plainLog());
  try {
    return await operation.alone(server.access, addressOf(config));
  } finally {
    await server.close();
  }
}
