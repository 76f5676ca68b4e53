/**
 * Who is signed in, where, and with whom. What was true last time is kept on this device, so that the app opens
 * without a network; the server's word replaces it as soon as it is heard.
 */
import { z } from 'zod';
import type { Member } from '#shared/kernel/organization.ts';
import * as identity from '#shared/protocol/identity.ts';
import * as api from './api/calls.ts';
import { OfflineError } from './api/request.ts';
import { forget, forgetAll, keep, readKept } from './kept.ts';
import { reach } from './reach.svelte.ts';

const ME = 'ume:me';
const MEMBERS = 'ume:members';
/** What was heard is believed this long, and at least so long by a tab that is come back to; milliseconds. */
const FRESH_MS = 60_000;
const BACK_MS = 10_000;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export type SessionState = 'unknown' | 'in' | 'out';

class Session {
  #me = $state.raw<api.Me | null>(null);
  #members = $state.raw<ReadonlyMap<string, Member>>(new Map());
  state = $state<SessionState>('unknown');
  /** Shown from this device's memory; the server has not been heard yet. */
  remembered = $state(false);
  #asking: Promise<SessionState> | null = null;
  #leaving: Array<() => Promise<void> | void> = [];

  constructor() {
    if (typeof window !== 'undefined') addEventListener('storage', (event) => this.#elsewhere(event));
  }

  readonly me = $derived(this.#me);
  readonly user = $derived(this.#me?.user ?? null);
  readonly organization = $derived(this.#me?.organization ?? null);
  readonly organizations = $derived(this.#me?.organizations ?? []);
  readonly role = $derived(this.#me?.role ?? null);
  readonly members = $derived([...this.#members.values()]);
  /** May invite, and change the organization. */
  readonly manages = $derived(this.#me?.role === 'founder');

  /** A member by id; undefined for somebody who left. */
  member(id: string | null | undefined): Member | undefined {
    return id ? this.#members.get(id) : undefined;
  }

  /** Opens what is remembered at once, then asks. Never throws: `state` says what came of it. */
  async open(): Promise<SessionState> {
    const remembered = readKept(ME, identity.me);
    if (remembered && this.state === 'unknown') {
      this.#me = remembered;
      this.#members = new Map(
        (readKept(MEMBERS, z.array(identity.member)) ?? []).map((each) => [each.id, each])
      );
      this.remembered = true;
      this.state = 'in';
    }
    return this.refresh();
  }

  /** Asks the server who this is. Without a network, what is known stays. */
  refresh(): Promise<SessionState> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask(): Promise<SessionState> {
    try {
      const { me } = await api.auth.session();
      if (!me) {
        this.#clear();
        return this.state;
      }
      if (this.#me && (this.#me.organization?.id !== me.organization?.id || this.#me.user.id !== me.user.id))
        this.#members = new Map();
      // What is as it was is left alone, and with it every screen that shows it.
      if (!same(this.#me, me)) this.#me = me;
      this.remembered = false;
      this.state = 'in';
      keep(ME, me);
      if (me.organization) void this.refreshMembers();
    } catch (error) {
      if (this.state === 'unknown' && !(error instanceof OfflineError)) throw error;
    }
    return this.state;
  }

  async refreshMembers(): Promise<void> {
    try {
      const members = await api.organization.members();
      if (!same([...this.#members.values()], members))
        this.#members = new Map(members.map((each) => [each.id, each]));
      keep(MEMBERS, members);
    } catch {
      // The names known so far do.
    }
  }

  /** Something to undo on this device when the person signs out: close sockets, delete what was kept. */
  onSignOut(undo: () => Promise<void> | void): () => void {
    this.#leaving.push(undo);
    return () => (this.#leaving = this.#leaving.filter((each) => each !== undo));
  }

  /** @throws {UmeError} where the server couldn't be told; nothing is forgotten then. */
  async signOut(): Promise<void> {
    await api.auth.signOut();
    for (const undo of this.#leaving) await undo();
    this.#clear();
  }

  /**
   * Goes to another organization. What is open belongs to the one left, so the page begins afresh, from a memory that
   * speaks of the new one already; other tabs follow.
   * @throws {UmeError}
   */
  async enter(organization: string): Promise<void> {
    const me = await api.auth.enter(organization);
    forget(MEMBERS);
    keep(ME, me);
    location.assign('/');
  }

  /** What was just changed, without asking again. */
  organizationChanged(organization: api.OrganizationDetails): void {
    if (!this.#me) return;
    this.#me = {
      ...this.#me,
      organization,
      organizations: this.#me.organizations.map((each) =>
        each.id === organization.id ? { ...each, name: organization.name } : each
      )
    };
    keep(ME, this.#me);
  }

  /**
   * Gives the person another name.
   * @throws {UmeError}
   */
  async rename(name: string): Promise<void> {
    this.#me = await api.auth.rename(name);
    keep(ME, this.#me);
    await this.refreshMembers();
  }

  /** Asks anew every minute, and when the person comes back to this tab. Returns how to stop. */
  keepFresh(): () => void {
    let asked = Date.now();
    const look = (after: number) => {
      if (document.visibilityState === 'hidden' || reach.away || Date.now() - asked < after) return;
      asked = Date.now();
      void this.refresh();
    };
    const back = () => look(BACK_MS);
    const timer = setInterval(() => look(FRESH_MS), BACK_MS);
    document.addEventListener('visibilitychange', back);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', back);
    };
  }

  /**
   * Another tab of this browser, which shares our cookie: it signed out, or went to another organization, and what this
   * tab shows is no longer what its requests would speak of. What it merely learned is known here as well.
   */
  #elsewhere(event: StorageEvent): void {
    if (event.key !== ME || this.state !== 'in') return;
    if (event.newValue === null) return this.#clear();
    const me = readKept(ME, identity.me);
    if (!me) return;
    if (me.user.id !== this.#me?.user.id || me.organization?.id !== this.#me?.organization?.id)
      return location.assign('/');
    this.#me = me;
  }

  #clear(): void {
    this.#me = null;
    this.#members = new Map();
    this.remembered = false;
    this.state = 'out';
    forgetAll();
  }
}

export const session = new Session();
