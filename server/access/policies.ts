/**
 * The one place that says who may do what. Every route, socket message, document and command asks `may` before it acts;
 * a row carries the answers that matter to its reader.
 */
import type { RecordType } from '#shared/kernel/declare.ts';
import type { RowRights } from '#shared/kernel/row.ts';
import type { Actor, Role } from './actor.ts';

/** What is done to records: `resource:entity:action`, such as `work:task:update`, with the action left to `Action`. */
export type Action = 'create' | 'read' | 'update' | 'delete' | (string & {});

/** What is done to the organization itself. */
export type OrganizationAction =
  | 'members:read'
  | 'members:invite'
  | 'members:remove'
  | 'keys:manage'
  | 'organization:read'
  | 'organization:update';

const RANK: Record<Role, number> = { founder: 3, member: 2, viewer: 1 };
const atLeast = (actor: Actor, role: Role): boolean => RANK[actor.role] >= RANK[role];

/** The permission an action on a record type needs, `work:task:update`. */
export const permissionCode = (type: string, action: Action): string => `${type.replace('.', ':')}:${action}`;

/** Whether an actor may do something to records of a type within its own organization. */
export function may(actor: Actor, type: RecordType, action: Action): boolean {
  if (action === 'read') return true;
  if (type.type === 'core.space' && action === 'delete') return atLeast(actor, 'founder');
  return atLeast(actor, 'member');
}

/** Whether an actor may do something to its organization. */
export function mayInOrganization(actor: Actor, action: OrganizationAction): boolean {
  switch (action) {
    case 'organization:read':
    case 'members:read':
      return true;
    case 'members:invite':
    case 'keys:manage':
      return atLeast(actor, 'member');
    case 'members:remove':
    case 'organization:update':
      return atLeast(actor, 'founder');
  }
}

/** The answers that travel with a row. */
export function rightsOn(actor: Actor, type: RecordType): RowRights {
  return {
    update: may(actor, type, 'update'),
    delete: may(actor, type, 'delete'),
    commands: type.lifecycle || type.spaced ? (may(actor, type, 'move') ? ['move'] : []) : []
  };
}
