/**
 * The one-time set-up token: whoever runs the server gets it printed at start, and with it founds the first
 * organization. Kept as a hash in the database, and in plain in a file only the server's user may read, so that a
 * restart prints the same link.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#shared/kernel/ids.ts';
import { conflict, forbidden } from '#shared/protocol/errors.ts';
import { readPrivate, writePrivate } from './keyfile.ts';
import type { AccessModels } from './models.ts';
import { hashOf, newSecret, same } from './secrets.ts';

const ID = 'setup';
/** How long a founding may take before somebody else may try, milliseconds: for one that was cut short. */
const CLAIM = 20_000;

export class Setup {
  readonly #models: AccessModels;
  readonly #file: string;
  readonly #now: () => number;
  constructor(models: AccessModels, dataFolder: string, now: () => number) {
    this.#models = models;
    this.#file = join(dataFolder, 'setup-token');
    this.#now = now;
  }

  /** Whether nobody has founded anything on this server yet. */
  async needed(): Promise<boolean> {
    return !(await this.#models.organizations.exists({ state: 'active' }));
  }

  /** The current token, made where there is none; null once an organization exists. */
  async ensureToken(): Promise<string | null> {
    if (!(await this.needed())) {
      await this.retire();
      return null;
    }
    const known = await readPrivate(this.#file);
    const token = known ?? newSecret();
    if (!known) await writePrivate(this.#file, token);
    await this.#models.setup.updateOne(
      { _id: ID },
      {
        $set: { hash: hashOf(token), usedAt: null },
        $setOnInsert: { claim: null, claimedUntil: new Date(0) }
      },
      { upsert: true }
    );
    return token;
  }

  /** Whether a token is the one that may found. */
  async valid(token: string): Promise<boolean> {
    const found = await this.#models.setup.findById(ID).lean();
    return (
      found !== null && found.usedAt === null && same(found.hash, hashOf(token)) && (await this.needed())
    );
  }

  /**
   * Reserves the right to found, for one at a time. `token: null` is for whoever runs the server.
   * @returns the claim, for `release`.
   * @throws {UmeError} `forbidden` for a wrong token, `conflict` while somebody else is founding.
   */
  async claim(token: string | null): Promise<string> {
    if (token === null) await this.ensureToken();
    else if (!(await this.valid(token))) throw notValid();
    const now = this.#now();
    const claim = newId();
    const taken = await this.#models.setup.updateOne(
      { _id: ID, usedAt: null, claimedUntil: { $lte: new Date(now) } },
      { $set: { claim, claimedUntil: new Date(now + CLAIM) } }
    );
    if (taken.modifiedCount === 0)
      throw conflict({
        title: 'Somebody is founding an organization here right now.',
        detail: 'Wait half a minute and try again.'
      });
    // Somebody may have finished between the first look and the claim.
    if (await this.needed()) return claim;
    await this.retire();
    throw notValid();
  }

  /** Gives a claim back: the founding did not come about. */
  async release(claim: string): Promise<void> {
    await this.#models.setup.updateOne(
      { _id: ID, claim },
      { $set: { claim: null, claimedUntil: new Date(0) } }
    );
  }

  /** The token has done its work. Safe to repeat. */
  async retire(): Promise<void> {
    await this.#models.setup.updateOne(
      { _id: ID, usedAt: null },
      { $set: { usedAt: new Date(this.#now()) } }
    );
    await rm(this.#file, { force: true });
  }
}

const notValid = () =>
  forbidden({
    title: 'This set-up link is not valid, or not any more.',
    detail: 'The server prints the current one when it starts; ./ume admin set-up-link prints it, too.',
    field: 'setup'
  });
