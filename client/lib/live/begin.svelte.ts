/** Begins what is live for the session of the moment, and ends it when the person signs out. */
import { untrack } from 'svelte';
import type { Problem } from '#shared/protocol/errors.ts';
import type { session as Session } from '#lib/session.svelte.ts';
import { toast } from '#lib/ui/toast.ts';
import { startLive, stopLive, type Live } from './live.svelte.ts';
import { colorOf } from './who.ts';

const told = (problem: Problem, title: string) =>
  toast.error(title, { description: [problem.title, problem.detail].filter(Boolean).join(' ') });

const heard = {
  refused: (problem: Problem) => told(problem, 'Not saved'),
  corrected: (problem: Problem) => told(problem, 'Put back as it was')
};

/** Make one while a component is set up. */
export class Begin {
  live = $state.raw<Live | null>(null);

  constructor(session: typeof Session) {
    const who = $derived(
      session.user && session.organization
        ? { user: session.user.id, name: session.user.name, organization: session.organization.id }
        : null
    );
    // A string, so that the same person told again is not a new beginning.
    const key = $derived(who ? `${who.organization} ${who.user}` : null);
    $effect(() => {
      if (!key) return;
      const { user, name, organization } = untrack(() => who!);
      let over = false;
      void startLive(
        { user, name, organization, color: colorOf(user) },
        // Asking who is signed in leads to the door, and back here afterwards.
        { ...heard, signedOut: () => void session.refresh() }
      ).then((live) => {
        if (!over) this.live = live;
      });
      const off = session.onSignOut(async () => {
        this.live = null;
        const kept = await stopLive({ forget: true });
        if (kept > 0)
          toast('Not everything was saved yet', {
            description: 'What was not stays on this device and is saved when you sign in here again.',
            duration: 12_000
          });
      });
      return () => {
        over = true;
        off();
      };
    });
  }
}
