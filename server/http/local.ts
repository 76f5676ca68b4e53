import type { Request } from 'express';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Whether a request was made on this very machine, and not through a proxy that says so. */
export function isFromHere({ socket, headers }: Request): boolean {
  const from = socket.remoteAddress ?? '';
  const here = LOOPBACK.has(from) || (from !== '' && from === socket.localAddress);
  return here && !('x-forwarded-for' in headers) && !('forwarded' in headers);
}

/** As `isFromHere`, and asked for by a local name: what a proxy on this machine passes on has another, as a rule. */
export const isLocal = (request: Request): boolean =>
  isFromHere(request) && LOCAL_NAME.test(request.headers.host ?? '');
