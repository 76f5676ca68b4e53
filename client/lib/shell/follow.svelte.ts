/* eslint-disable svelte/prefer-svelte-reactivity -- the plain sets here are bookkeeping no screen reads */
/** Follows what every screen shows of the organization: its spaces, and the names of its people. */
import { untrack } from 'svelte';
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { page } from '$app/state';
import { Begin } from '#lib/live/begin.svelte.ts';
import { session } from '#lib/session.svelte.ts';
import { spaces } from '#lib/spaces.svelte.ts';
import { toast } from '#lib/ui/toast.ts';

/** Somebody who is looking at a space that is gone is shown another one. */
function leave(id: string): void {
  if (page.params.space === undefined || `core.space/${page.params.space}` !== id) return;
  if (!spaces.removedHere(id)) toast('This space isn’t here any more.');
  void goto(resolve(''), { replaceState: true });
}

/** Call while the frame of the app is set up. */
export function followOrganization(): void {
  const begin = new Begin(session);

  $effect(() => {
    const { live } = begin;
    if (!live) return;
    const list = untrack(() => live.feed.follow('core.space'));
    let known: ReadonlySet<string> | null = null;
    $effect(() => {
      if (!list.live) return;
      const rows = [...list.rows.values()].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
      untrack(() => {
        spaces.show(rows);
        const ids = new Set(rows.map((row) => row.id));
        // A space that was made a moment ago may not have been told of yet: only what was there can be gone.
        for (const id of known ?? [`core.space/${page.params.space}`]) if (!ids.has(id)) leave(id);
        known = ids;
      });
    });
    return () => live.feed.leave(list);
  });

  // Somebody whom the members' list knows by another name, or not at all: it is asked for anew, once for each.
  const asked = new Set<string>();
  $effect(() => {
    const unknown = (begin.live?.feed.people ?? []).filter(
      ({ user, name }) => session.member(user)?.name !== name && !asked.has(`${user} ${name}`)
    );
    if (unknown.length === 0 || untrack(() => session.members.length === 0)) return;
    for (const { user, name } of unknown) asked.add(`${user} ${name}`);
    void untrack(() => session.refreshMembers());
  });

  $effect(() => session.keepFresh());
}
