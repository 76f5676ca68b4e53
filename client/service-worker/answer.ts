/** What the service worker does with a request: the decision alone. */
export type Answer =
  /** Leave it to the browser. */
  | 'pass'
  /** A built or static file: from the cache, since it never changes while this version lives. */
  | 'kept'
  /** A page: the network first, the kept shell where it doesn't answer. */
  | 'page';

/** Live things and the server's own: never ours to answer, whatever they look like. */
const SERVER = /^\/(api|collab|y|socket\.io|metrics|health)(\/|$)/;

export function answerTo(
  request: { method: string; mode: string; url: string },
  origin: string,
  kept: ReadonlySet<string>
): Answer {
  if (request.method !== 'GET') return 'pass';
  const url = new URL(request.url);
  if (url.origin !== origin || SERVER.test(url.pathname)) return 'pass';
  if (kept.has(url.pathname)) return 'kept';
  return request.mode === 'navigate' ? 'page' : 'pass';
}
