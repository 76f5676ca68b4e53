/** The log of the command line: plain sentences on standard error. */
import { pino, type Logger } from 'pino';

const WARN = 40;

export const plainLog = (): Logger =>
  pino(
    { level: 'info', base: undefined },
    {
      write(line: string) {
        const { level, msg, part, err } = JSON.parse(line) as {
          level: number;
          msg?: string;
          part?: string;
          err?: { message?: string };
        };
        // What the parts say of their daily work is for a server's log.
        if (!msg || (level < WARN && part !== undefined)) return;
        process.stderr.write(err?.message ? `${msg}: ${err.message}\n` : `${msg}\n`);
      }
    }
  );
