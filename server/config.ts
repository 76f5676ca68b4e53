/**
 * Every setting of a ume server, in one place: its environment variable, what it means, what it may be, and its
 * default. `./ume help settings` prints this list.
 */
import { resolve } from 'node:path';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65535);
const count = z.coerce.number().int().positive();
const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');

const schema = z.object({
  PORT: port.default(3000).describe('TCP port to listen on; 0 picks a free one'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every interface'),
  UME_DATA: z
    .string()
    .default('./.ume/data')
    .describe('Folder for everything ume keeps: database, keys, files'),
  UME_CACHE: z
    .string()
    .optional()
    .describe(
      'Folder for what is fetched and built once (Node, engine, video worker); default: ~/.cache/ume'
    ),
  UME_URL: z
    .url()
    .optional()
    .describe('Address people use, e.g. https://ume.example.org; default: http://HOST:PORT'),
  UME_TRUST_PROXY: flag
    .default(false)
    .describe('1 when a reverse proxy sets x-forwarded-for and x-forwarded-proto'),
  UME_LOG: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much is logged'),
  MONGODB_URL: z
    .string()
    .optional()
    .describe('A MongoDB server or replica set; without it ume runs an engine of its own'),
  UME_ENGINE: z
    .enum(['auto', 'mongod', 'download', 'embedded'])
    .default('auto')
    .describe('Which engine to run when MONGODB_URL is not set'),
  UME_LIMIT_REQUESTS_PER_SECOND: count
    .default(100)
    .describe(
      'API requests a second one session, key or network may make, sustained; four times as many at once'
    ),
  UME_LIMIT_UPDATE_BYTES: count
    .max(8_000_000)
    .default(1_048_576)
    .describe('Largest single edit, bytes; at most 8,000,000'),
  UME_LIMIT_DOCUMENT_BYTES: count
    .max(12_000_000)
    .default(8_388_608)
    .describe('Largest document, bytes; at most 12,000,000'),
  UME_LIMIT_MESSAGES_PER_SECOND: count
    .default(200)
    .describe('Messages a second one connection may send, sustained'),
  UME_LIMIT_DOCUMENTS_PER_CONNECTION: count.default(200).describe('Documents one connection may have open'),
  UME_LIMIT_CONNECTIONS_PER_USER: count.default(50).describe('Connections one person or key may have open'),
  UME_LIMIT_FEED_BACKLOG: count
    .default(2_000)
    .describe('Changes a returning list may catch up on before it asks anew'),
  UME_SNAPSHOT_UPDATES: count
    .default(500)
    .describe('A snapshot is written after this many entries of a document'),
  UME_SNAPSHOT_BYTES: count.default(262_144).describe('… or after this many bytes of entries'),
  UME_MEDIA_WORKERS: count.optional().describe('Video worker processes; default: one a core, at most 8'),
  UME_MEDIA_IP: z.string().optional().describe('Address the video workers listen on; default: HOST'),
  UME_MEDIA_ADDRESS: z
    .string()
    .optional()
    .describe('Address or name browsers reach the video workers at, where it is not the one they listen on'),
  UME_MEDIA_PORT: port
    .default(0)
    .describe(
      'First port of the video workers, UDP and TCP, one a worker; 0 takes free ones (a firewall wants a fixed one)'
    ),
  MEDIASOUP_WORKER_BIN: z
    .string()
    .optional()
    .describe('The mediasoup worker; without it rooms have no video server')
});

export type Config = z.infer<typeof schema>;

/** A setting that cannot be used. The message names the variable, what was given and what would be right. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads the settings from an environment.
 * @throws {ConfigError} naming every variable that is wrong.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
  );
  const result = schema.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`These settings can't be used:\n${lines.join('\n')}`);
  }
  return { ...result.data, UME_DATA: resolve(result.data.UME_DATA) };
}

/** The settings as a list for people: `[name, description, default]`. */
export function describeConfig(): Array<[name: string, description: string, fallback: string]> {
  return Object.entries(schema.shape).map(([name, field]) => {
    const fallback = field.safeParse(undefined);
    return [
      name,
      field.description ?? '',
      fallback.success && fallback.data !== undefined ? String(fallback.data) : ''
    ];
  });
}
