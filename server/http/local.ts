import type { Request } from 'express';

const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const LOCAL_ADDRESS = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether a request was made on this very machine, and not through a proxy that runs on it. */
export const isLocal = (request: Request): boolean =>
  LOCAL_ADDRESS.has(request.socket.remoteAddress ?? '') &&
  LOCAL_NAME.test(request.headers.host ?? '') &&
  !('x-forwarded-for' in request.headers) &&
  !('forwarded' in request.headers);
