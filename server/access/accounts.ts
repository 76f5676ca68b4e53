/** Accounts: people as the server knows them, with a password. */
import { newId } from '#shared/kernel/ids.ts';
import { conflict } from '#shared/protocol/errors.ts';
import type { Auth } from './auth.ts';

export interface Account {
  id: string;
  name: string;
  email: string;
}

export interface NewAccount {
  name: string;
  email: string;
  password: string;
}

const DUPLICATE_KEY = 11000;

export const emailTaken = () =>
  conflict({
    title: 'There is an account with this e-mail address already.',
    detail: 'Sign in with it and try again, or use another address.',
    field: 'email'
  });

export class Accounts {
  readonly #auth: Auth;
  constructor(auth: Auth) {
    this.#auth = auth;
  }

  async byEmail(email: string): Promise<Account | null> {
    const { internalAdapter } = await this.#auth.$context;
    const found = await internalAdapter.findUserByEmail(email.toLowerCase());
    return found ? plain(found.user) : null;
  }

  async byId(id: string): Promise<Account | null> {
    const { internalAdapter } = await this.#auth.$context;
    const found = await internalAdapter.findUserById(id);
    return found ? plain(found) : null;
  }

  async byIds(ids: string[]): Promise<Map<string, Account>> {
    const { adapter } = await this.#auth.$context;
    const found = await adapter.findMany<Account>({
      model: 'user',
      where: [{ field: 'id', operator: 'in', value: ids }],
      limit: ids.length
    });
    return new Map(found.map((each) => [each.id, plain(each)]));
  }

  /**
   * Makes an account. The password is stored before the person: a crash between the two leaves a password nobody has,
   * rather than a person without one.
   * @throws {UmeError} `conflict` when the address has an account.
   */
  async create({ name, email, password }: NewAccount, id: string = newId()): Promise<Account> {
    const { internalAdapter, password: passwords } = await this.#auth.$context;
    if (await this.byEmail(email)) throw emailTaken();
    const hash = await passwords.hash(password);
    const credential = await internalAdapter.createAccount({
      userId: id,
      accountId: id,
      providerId: 'credential',
      password: hash
    });
    try {
      const user = await internalAdapter.createUser(
        { id, name, email, emailVerified: false },
        { method: 'email-password' }
      );
      return plain(user);
    } catch (error) {
      await internalAdapter.deleteAccount(credential.id);
      if ((error as { code?: unknown }).code === DUPLICATE_KEY) throw emailTaken();
      throw error;
    }
  }

  /** Whether a password is an account's own. Takes as long where there is no such account. */
  async verify(id: string, password: string): Promise<boolean> {
    const { internalAdapter, password: passwords } = await this.#auth.$context;
    const own = (await internalAdapter.findAccounts(id)).find((each) => each.providerId === 'credential');
    if (own?.password) return passwords.verify({ hash: own.password, password });
    await passwords.hash(password);
    return false;
  }

  async setPassword(id: string, password: string): Promise<void> {
    const { internalAdapter, password: passwords } = await this.#auth.$context;
    await internalAdapter.updatePassword(id, await passwords.hash(password));
  }

  /** Gives an account another name. */
  async rename(id: string, name: string): Promise<void> {
    const { internalAdapter } = await this.#auth.$context;
    await internalAdapter.updateUser(id, { name });
  }

  async list(limit: number): Promise<Account[]> {
    const { internalAdapter } = await this.#auth.$context;
    return (await internalAdapter.listUsers(limit)).map(plain);
  }
}

const plain = ({ id, name, email }: Account): Account => ({ id, name, email });
