/** Addresses that people are given to open. */
import type { Request } from 'express';

/** Where people reach this server: UME_URL, or else the address this request was sent to. */
export const addressFor = (request: Request, url: string | undefined): string =>
  (url ?? `${request.protocol}://${request.host}`).replace(/\/+$/, '');

/** The page that founds the first organization. */
export const setupLink = (base: string, token: string): string => `${base}/setup?token=${token}`;

/** The page that accepts an invitation. */
export const invitationLink = (base: string, token: string): string => `${base}/invite/${token}`;
