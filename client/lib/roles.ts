import type { Member } from '#shared/kernel/organization.ts';
import type { Tone } from '#shared/kernel/declare.ts';

/** Roles in words. */
export const ROLES: Record<Member['role'], { label: string; hint: string; tone: Tone }> = {
  founder: { label: 'Founder', hint: 'Looks after people and settings', tone: 'pink' },
  member: { label: 'Member', hint: 'Works on everything', tone: 'blue' },
  viewer: { label: 'Viewer', hint: 'Sees everything, changes nothing', tone: 'grey' }
};
