/** Puts the parts of access together on one connection. */
import type { Connection } from 'mongoose';
import type { Config } from '../config.ts';
import { Accounts } from './accounts.ts';
import type { Identify } from './actor.ts';
import { createAuth, sessionCookie } from './auth.ts';
import { Devices } from './devices.ts';
import { Founding, type CreateRecord } from './founding.ts';
import { Expiry } from './expiry.ts';
import { createIdentify } from './identify.ts';
import { Invitations } from './invitations.ts';
import { ensureSecret } from './keyfile.ts';
import { ApiKeys } from './keys.ts';
import { Limits, type Limit, type LimitName } from './limits.ts';
import { Members } from './members.ts';
import { accessModels, type AccessModels } from './models.ts';
import { Revocations } from './revocations.ts';
import { newSecret, same } from './secrets.ts';
import { Sessions } from './sessions.ts';
import { Setup } from './setup.ts';
import { Tokens } from './tokens.ts';

export interface AccessSettings {
  connection: Connection;
  config: Pick<Config, 'UME_DATA' | 'UME_URL' | 'UME_TRUST_PROXY'>;
  log: { warn(message: string): void; error(message: string): void };
  /** `records.create`; asked only while founding, so it may be there later than access is. */
  createRecord: CreateRecord;
  now?: () => number;
  limits?: Partial<Record<LimitName, Limit>>;
}

export interface Access extends Identify {
  models: AccessModels;
  accounts: Accounts;
  members: Members;
  sessions: Sessions;
  tokens: Tokens;
  keys: ApiKeys;
  invitations: Invitations;
  setup: Setup;
  founding: Founding;
  limits: Limits;
  devices: Devices;
  /** Cuts what expired credentials have open, once it is started. */
  expiry: Expiry;
  /** The token of the local control channel; new with every start. */
  operatorToken: string;
  isOperator(token: string): boolean;
  /** Name of the session cookie. */
  cookie: string;
  /** Ends a membership and at once everything the person reached the organization by. */
  endMembership(organization: string, user: string): Promise<void>;
  /** Gives a person another name, everywhere and at once. */
  rename(user: string, name: string): Promise<void>;
  now: () => number;
}

/** Builds access; call it before the store's `ensureIndexes`, so that its indexes are made, too. */
export async function createAccess(settings: AccessSettings): Promise<Access> {
  const { connection, config, log, createRecord, now = Date.now } = settings;
  const https = config.UME_URL?.startsWith('https:') ?? false;
  const secret = await ensureSecret(config.UME_DATA, 'auth');
  const cookie = sessionCookie(https);
  const models = accessModels(connection);
  const revocations = new Revocations();
  const auth = createAuth({ connection, secret, https, log });
  const accounts = new Accounts(auth);
  const members = new Members(models, accounts);
  const sessions = new Sessions(auth, models, revocations);
  const tokens = new Tokens(secret);
  const keys = new ApiKeys({ models, accounts, members, revocations, log, now });
  const setup = new Setup(models, config.UME_DATA, now);
  const identify = createIdentify({ sessions, keys, members, tokens, revocations, cookie, now });
  const expiry = new Expiry({
    open: () => revocations.open(),
    stillGood: identify.stillGood,
    revoke: (credential) => revocations.revoke(credential),
    log
  });
  const operatorToken = newSecret();
  return {
    ...identify,
    expiry,
    models,
    accounts,
    members,
    sessions,
    tokens,
    keys,
    invitations: new Invitations({ models, accounts, members, now }),
    setup,
    founding: new Founding({ models, accounts, members, setup, createRecord, now }),
    limits: new Limits(settings.limits),
    devices: new Devices(secret, https),
    operatorToken,
    isOperator: (token) => same(token, operatorToken),
    cookie,
    endMembership: async (organization, user) => {
      await members.remove(organization, user);
      await keys.removeOf(organization, user);
      for (const id of await sessions.idsOf(user)) revocations.revoke(`session:${id}`);
    },
    rename: async (user, name) => {
      await accounts.rename(user, name);
      revocations.renamed(user, name);
    },
    now
  };
}
