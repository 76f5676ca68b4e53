/**
 * Opens ume without a network: keeps the built files and one copy of the page they start from. All pages are the same
 * shell, since the app is drawn in the browser, so the one copy opens every address.
 *
 * Each version has a cache of its own. A new version waits until the page says "take-over" (lib/updates.ts), so that
 * files are never swapped under a page in use.
 */
import { version } from '$app/env';
import { assets, immutable } from '$app/manifest';
import { self } from '$app/service-worker';
import { answerTo } from './answer.ts';

const CACHE = `ume:${version}`;
const SHELL = '/';
/** How long a page may take from the network before the kept shell is shown instead. */
const PATIENCE_MS = 2500;

const kept = new Set(
  [...immutable, ...assets].map(({ path }) => new URL(path, self.location.origin).pathname)
);

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await Promise.all([
        cache.addAll([...kept]),
        cache.add(new Request(SHELL, { cache: 'reload', credentials: 'same-origin' }))
      ]);
    })()
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const key of await caches.keys())
        if (key.startsWith('ume:') && key !== CACHE) await caches.delete(key);
      await self.clients.claim();
    })()
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

const fromCache = async (request: string): Promise<Response | undefined> =>
  (await caches.open(CACHE)).match(request, { ignoreVary: true });

/** The network's answer, unless it is none, late, or a proxy's word that the server is down. */
async function page(request: Request): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: patience.signal });
    if (answer.status < 500) return answer;
    return (await fromCache(SHELL)) ?? answer;
  } catch (error) {
    const shell = await fromCache(SHELL);
    if (shell) return shell;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  switch (answerTo(request, self.location.origin, kept)) {
    case 'kept':
      event.respondWith(fromCache(new URL(request.url).pathname).then((found) => found ?? fetch(request)));
      return;
    case 'page':
      event.respondWith(page(request));
  }
});
