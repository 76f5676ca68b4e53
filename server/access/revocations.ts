/** Tells at once who must know that a credential is worth nothing any more. */
export class Revocations {
  readonly #revoked = new Set<(credential: string) => void>();
  readonly #changed = new Set<() => void>();

  /** Told of every credential that is pulled back. Returns how to stop. */
  onRevoked(listener: (credential: string) => void): () => void {
    this.#revoked.add(listener);
    return () => void this.#revoked.delete(listener);
  }

  /** Told whenever what is known of any credential may be out of date. Returns how to stop. */
  onChanged(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => void this.#changed.delete(listener);
  }

  /** A credential is worth nothing any more. */
  revoke(credential: string): void {
    this.changed();
    for (const each of this.#revoked) each(credential);
  }

  /** A credential means something else now: another role, another organization. */
  changed(): void {
    for (const each of this.#changed) each();
  }
}
