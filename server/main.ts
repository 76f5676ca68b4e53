/** Starts a ume server: reads the settings, builds the parts, listens, and stops in good order when asked to. */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';
import { pino } from 'pino';
import { removeControl, writeControl } from './access/control.ts';
import { compose } from './compose.ts';
import type { Server } from './compose.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { setupLink } from './http/links.ts';
import { EngineError } from './store/engine/engine.ts';

/** How long an orderly stop may take, milliseconds, before the process ends anyway: nothing acknowledged is at stake. */
const STOP_PATIENCE = 30_000;

async function pages(): Promise<RequestHandler | undefined> {
  const built = fileURLToPath(new URL('../build/handler.js', import.meta.url));
  if (!existsSync(built)) return undefined;
  // Read once, when the handler is imported; without it SvelteKit assumes https.
  process.env['PROTOCOL_HEADER'] ??= 'x-forwarded-proto';
  const { handler } = (await import(built)) as { handler: RequestHandler };
  return handler;
}

async function listen(server: Server, config: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.http.once('error', reject);
    server.http.listen(config.PORT, config.HOST, resolve);
  });
  const { port } = server.http.address() as AddressInfo;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${port}`;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.UME_LOG, base: undefined }, pino.destination({ dest: 2, sync: true }));
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an error nobody waited for'));

  const server = await compose(config, log, await pages());
  const local = await listen(server, config).catch(async (error: NodeJS.ErrnoException) => {
    await server.close();
    if (error.code !== 'EADDRINUSE') throw error;
    throw new ConfigError(
      `Port ${config.PORT} is taken. Choose another: ./ume start --port ${config.PORT + 1}`
    );
  });
  await writeControl(config.UME_DATA, { url: local, pid: process.pid, token: server.access.operatorToken });

  const address = config.UME_URL ?? local;
  say(`ume is ready at ${address}`);
  const token = await server.access.setup.ensureToken();
  if (token) say(`Found your organization here (the link works once): ${setupLink(address, token)}`);
  void server.media.start();

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_PATIENCE).unref();
    removeControl(config.UME_DATA);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop went wrong');
        process.exit(1);
      }
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
}

start().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof EngineError;
  console.error(known ? error.message : error);
  process.exit(1);
});
