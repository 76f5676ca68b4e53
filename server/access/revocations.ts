import type { Holder } from './actor.ts';

/** Tells at once who must know that a credential is worth nothing any more, or means something else. */
export class Revocations {
  readonly #revoked = new Set<{ listener: (credential: string) => void; open?: () => Iterable<Holder> }>();
  readonly #changed = new Set<() => void>();
  readonly #renamed = new Set<(user: string, name: string) => void>();

  /** Told of every credential that is pulled back; `open` says who has something open. Returns how to stop. */
  onRevoked(listener: (credential: string) => void, open?: () => Iterable<Holder>): () => void {
    const each = { listener, open };
    this.#revoked.add(each);
    return () => void this.#revoked.delete(each);
  }

  /** Everybody who has something open. */
  *open(): Generator<Holder> {
    for (const each of this.#revoked) if (each.open) yield* each.open();
  }

  /** Told whenever what is known of any credential may be out of date. Returns how to stop. */
  onChanged(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  /** Told of every person who has another name now. Returns how to stop. */
  onRenamed(listener: (user: string, name: string) => void): () => void {
    this.#renamed.add(listener);
    return () => void this.#renamed.delete(listener);
  }

  /** A credential is worth nothing any more. */
  revoke(credential: string): void {
    this.changed();
    for (const { listener } of this.#revoked) listener(credential);
  }

  /** A credential means something else now: another role, another organization. */
  changed(): void {
    for (const each of this.#changed) each();
  }

  /** A person is called something else now. */
  renamed(user: string, name: string): void {
    this.changed();
    for (const each of this.#renamed) each(user, name);
  }
}
