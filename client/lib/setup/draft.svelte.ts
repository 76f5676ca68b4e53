/** What has been typed while founding an organization. Kept in this tab (all but the password) until it is founded. */
import { z } from 'zod';
import type { Tone } from '#shared/kernel/declare.ts';
import { guessPlace } from '#lib/places/guess.ts';

const KEY = 'ume:setup';

const shape = z.object({
  organization: z.object({
    name: z.string(),
    type: z.string(),
    country: z.string(),
    timeZone: z.string(),
    currency: z.string()
  }),
  founder: z.object({ name: z.string(), email: z.string() }),
  contact: z.object({ email: z.string(), phone: z.string(), website: z.string(), address: z.string() }),
  space: z.object({ name: z.string(), tone: z.string() })
});

function stored(): z.infer<typeof shape> | null {
  try {
    return shape.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? 'null')).data ?? null;
  } catch {
    return null;
  }
}

export class Draft {
  organization = $state({ name: '', type: 'for-profit', ...guessPlace() });
  founder = $state({ name: '', email: '' });
  password = $state('');
  contact = $state({ email: '', phone: '', website: '', address: '' });
  space = $state<{ name: string; tone: Tone }>({ name: '', tone: 'violet' });

  constructor() {
    const before = stored();
    if (!before) return;
    this.organization = before.organization;
    this.founder = before.founder;
    this.contact = before.contact;
    this.space = before.space as { name: string; tone: Tone };
  }

  keep(): void {
    const { organization, founder, contact, space } = this;
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ organization, founder, contact, space }));
    } catch {
      // It stays in this page, then.
    }
  }

  forget(): void {
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // nothing was kept
    }
  }

  /** Contact details without what was left empty. */
  get contactGiven(): Partial<Record<'email' | 'phone' | 'website' | 'address', string>> {
    return Object.fromEntries(
      Object.entries(this.contact)
        .map(([key, value]) => [key, value.trim()])
        .filter(([, value]) => value !== '')
    );
  }
}
