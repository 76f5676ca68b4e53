/**
 * The auth library, set up our way: accounts, passwords (scrypt) and sessions live in it; nothing of it is reachable
 * from outside but through our own routes.
 */
import { betterAuth } from 'better-auth';
import { mongodbAdapter } from 'better-auth/adapters/mongodb';
import type { Connection } from 'mongoose';
import { newId } from '#shared/kernel/ids.ts';
import { database } from '../store/connection.ts';

const DAY = 24 * 60 * 60;
/** The header by which a request's true address reaches the library; set by us, never taken from outside. */
export const ADDRESS_HEADER = 'x-ume-address';

export interface AuthSettings {
  connection: Connection;
  secret: string;
  /** Cookies are sent over https only. */
  https: boolean;
  log: { warn(message: string): void; error(message: string): void };
}

export function createAuth({ connection, secret, https, log }: AuthSettings) {
  return betterAuth({
    appName: 'ume',
    baseURL: https ? 'https://localhost' : 'http://localhost',
    basePath: '/not-mounted',
    secret,
    // Not every engine has transactions: none are used. Writes are as durable as the connection makes them.
    database: mongodbAdapter(database(connection), { transaction: false }),
    emailAndPassword: { enabled: true, autoSignIn: false, minPasswordLength: 10, maxPasswordLength: 200 },
    user: { modelName: 'users' },
    account: { modelName: 'credentials' },
    verification: { modelName: 'verifications' },
    session: {
      modelName: 'sessions',
      expiresIn: 30 * DAY,
      updateAge: DAY,
      cookieCache: { enabled: false },
      // Where the session is at the moment.
      additionalFields: { organization: { type: 'string', required: false, input: false } }
    },
    rateLimit: { enabled: false }, // ours is in limits.ts
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: 'ume',
      useSecureCookies: https,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: () => newId() }
    },
    logger: {
      level: 'error',
      log: (level, message) =>
        level === 'error' ? log.error(`auth: ${message}`) : log.warn(`auth: ${message}`)
    }
  });
}

export type Auth = ReturnType<typeof createAuth>;

/** The session cookie's name: browsers refuse the `__Secure-` one without https. */
export const sessionCookie = (https: boolean): string =>
  https ? '__Secure-ume.session_token' : 'ume.session_token';
