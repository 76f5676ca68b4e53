/**
 * Where to go after signing in: a path of this app, never another site's address. Without its first slash and typed as
 * the home page, as `resolve` wants it.
 */
export function nextPath(given: string | null): '' {
  const safe = given !== null && /^\/(?![/\\])/.test(given) && !given.startsWith('/sign-in') ? given : '/';
  return safe.slice(1) as '';
}
