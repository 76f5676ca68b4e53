/**
 * What every browser test begins with: a server of its own, an organization, and people in browsers of their own. No
 * request leaves the machine, and no error on a page goes unnoticed.
 */
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { found, FOUNDER, startServer, type Founded, type RunningServer } from './server.ts';

export { expect };

export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly name: string;
  readonly errors: string[] = [];
  readonly outside: string[] = [];
  #offline = false;
  readonly #expected = [/status of 401/];

  constructor(name: string, context: BrowserContext, page: Page) {
    this.name = name;
    this.context = context;
    this.page = page;
  }

  /** A message on the console that this test brings about on purpose. */
  expects(message: RegExp): void {
    this.#expected.push(message);
  }

  async offline(now: boolean): Promise<void> {
    this.#offline = true;
    await this.context.setOffline(now);
  }

  /** @internal What the browser itself says of a missing network, or of being asked to sign in, is no fault. */
  expected(message: string): boolean {
    return (
      this.#expected.some((each) => each.test(message)) ||
      (this.#offline &&
        /ERR_INTERNET_DISCONNECTED|WebSocket connection to|Failed to fetch|ERR_FAILED/.test(message))
    );
  }

  async openBoard(space: string): Promise<void> {
    await this.page.goto(`/board/${ulid(space)}`);
    await expect(this.page.locator('[data-board]')).toHaveAttribute('aria-busy', 'false');
  }

  lane(label: string) {
    return this.page.getByRole('region', { name: label, exact: true });
  }

  card(title: string) {
    return this.page.locator('[data-card]').filter({ hasText: title });
  }

  /** The titles in a lane, from the top. */
  titles(lane: string): Promise<string[]> {
    return this.lane(lane).locator('[data-card] a .font-medium.line-clamp-4').allInnerTexts();
  }

  /** Waits until everything is saved on the server. */
  async saved(): Promise<void> {
    await expect(this.page.locator('[data-save]').first()).toHaveAttribute('data-save', 'saved');
  }

  /** Waits until the app itself is on this device, so that it opens without a network. */
  async appKept(): Promise<void> {
    // As text: what runs in the page is typed for the page, not for Node.
    await this.page.evaluate(`(async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller)
        await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }));
    })()`);
  }

  /** What the card that has the focus says; nothing where none has it. */
  focusedCard(): Promise<string> {
    return this.page.evaluate<string>(
      `document.activeElement?.closest('[data-card]')?.textContent?.trim() ?? ''`
    );
  }

  /** Drags by mouse, slowly enough for people and code to follow. */
  async drag(title: string, lane: string, onto?: string): Promise<void> {
    const { mouse } = this.page;
    const card = this.card(title);
    const target = onto ? this.card(onto) : this.lane(lane).locator('[data-cards]');
    // The others move cards too: one that slid away under the pointer is reached for again.
    await expect(async () => {
      const from = (await card.boundingBox())!;
      await mouse.move(from.x + from.width / 2, from.y + from.height / 2);
      await mouse.down();
      await mouse.move(from.x + from.width / 2 + 12, from.y + from.height / 2, { steps: 3 });
      if ((await card.getAttribute('data-held', { timeout: 1000 })) === 'pointer') return;
      await this.page.keyboard.press('Escape');
      await mouse.up();
      throw new Error(`“${title}” was not caught`);
    }).toPass({ timeout: 10_000 });
    const to = (await target.boundingBox())!;
    await mouse.move(to.x + to.width / 2, onto ? to.y + 4 : to.y + 20, { steps: 12 });
    await this.page.waitForTimeout(80);
    await mouse.up();
  }
}

export const ulid = (id: string): string => id.slice(id.indexOf('/') + 1);

export interface Workspace extends Founded {
  url: string;
  /** Asks the API with the founder's key. */
  api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** A space of the test's own, with cards: titles by lane. */
  newSpace(name: string, cards?: Record<string, string[]>): Promise<string>;
}

interface ForWorker {
  server: RunningServer;
  workspace: Workspace;
}
interface ForTest {
  /** Opens a browser for somebody, signed in; the first of a name joins by invitation. "Ann" is the founder. */
  person: (
    name: string,
    options?: { viewport?: { width: number; height: number }; dark?: boolean; role?: 'member' | 'viewer' }
  ) => Promise<Person>;
}

let joined = 0;

export const test = base.extend<ForTest, ForWorker>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 }
  ],
  workspace: [
    async ({ server }, use) => {
      const founded = await found(server);
      const api: Workspace['api'] = async (method, path, body) => {
        const answer = await fetch(`${server.url}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${founded.apiKey}`, 'content-type': 'application/json' },
          ...(body !== undefined && { body: JSON.stringify(body) })
        });
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
        return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
      };
      const newSpace: Workspace['newSpace'] = async (name, cards = {}) => {
        const { id } = await api('POST', '/records/core.space', { fields: { name, tone: 'teal' } });
        for (const [state, titles] of Object.entries(cards)) {
          for (const title of titles)
            await api('POST', '/records/work.task', { space: id, state, fields: { title } });
        }
        return id as string;
      };
      await use({ ...founded, url: server.url, api, newSpace });
    },
    { scope: 'worker', timeout: 60_000 }
  ],
  person: async ({ browser, workspace }, use) => {
    const people: Person[] = [];
    await use(async (name, options = {}) => {
      const context = await browser.newContext({
        baseURL: workspace.url,
        viewport: options.viewport ?? { width: 1440, height: 900 },
        colorScheme: options.dark ? 'dark' : 'light'
      });
      const page = await context.newPage();
      const person = new Person(name, context, page);
      people.push(person);
      await context.route(
        (url) => url.protocol.startsWith('http') && url.origin !== workspace.url,
        (route) => {
          person.outside.push(route.request().url());
          return route.abort();
        }
      );
      page.on('pageerror', (error) => person.errors.push(String(error.stack ?? error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !person.expected(message.text()))
          person.errors.push(message.text());
      });
      const post = async (path: string, data: unknown) => {
        const answer = await context.request.post(`/api/v1${path}`, { data });
        if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
      };
      if (name === 'Ann') {
        await post('/auth/sign-in', { email: FOUNDER.email, password: FOUNDER.password });
      } else {
        const invitation = await workspace.api('POST', '/invitations', { role: options.role ?? 'member' });
        const token = (invitation.token ?? String(invitation.url).split('/').at(-1)) as string;
        await post(`/invitations/by-token/${token}/accept`, {
          name,
          email: `${name.toLowerCase().replaceAll(/\W+/g, '.')}.${++joined}@example.org`,
          password: 'a plum tree in the snow'
        });
      }
      return person;
    });
    for (const person of people) {
      expect(person.errors, `errors in ${person.name}'s browser`).toEqual([]);
      expect(person.outside, `requests of ${person.name}'s browser to outside`).toEqual([]);
      await person.context.close();
    }
  }
});
