import type { Response } from 'express';

/** Adds Set-Cookie values to those already there. */
export function setCookies(response: Response, cookies: string[]): void {
  for (const each of cookies) response.append('set-cookie', each);
}
