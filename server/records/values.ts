/** Values people give by command or API, checked as a whole before anything is written. */
import type { RecordType } from '#shared/kernel/declare.ts';
import { checkFields, fieldsIn } from '#shared/kernel/fields/index.ts';
import { MAIN_SECTION } from '#shared/kernel/ids.ts';
import { invalid } from '#shared/protocol/errors.ts';

/** Whether somebody is a member of an organization. */
export type IsMember = (organization: string, user: string) => Promise<boolean>;

/** Given values by the section they lie in. A key no section has stays with the main one, which refuses it. */
export function bySection(
  type: RecordType,
  given: Record<string, unknown>
): Map<string, Record<string, unknown>> {
  const sections = new Map<string, Record<string, unknown>>();
  for (const [key, value] of Object.entries(given)) {
    const section = type.fields.find((each) => each.key === key)?.section ?? MAIN_SECTION;
    // Without a prototype, so that a key called __proto__ is a key, and refused like any other.
    const values: Record<string, unknown> = sections.get(section) ?? Object.create(null);
    values[key] = value;
    sections.set(section, values);
  }
  return sections;
}

/** The sections a type's fields lie in, the main one first. */
export const sectionsOf = (type: RecordType): string[] => [
  MAIN_SECTION,
  ...type.sections.map((each) => each.key).filter((key) => fieldsIn(type, key).length > 0)
];

/**
 * Checks values for a change: allowed, what is needed not emptied, and people members of the organization.
 * @throws {UmeError} invalid, with the field.
 */
export async function checkChange(
  type: RecordType,
  organization: string,
  given: Record<string, unknown>,
  isMember: IsMember
): Promise<void> {
  for (const [section, values] of bySection(type, given)) {
    for (const [field, value] of checkFields(type, values, section)) {
      if (
        field.required &&
        (value === null || value === '' || (field.kind === 'text' && !String(value).trim()))
      )
        throw invalid({ title: `${field.label} is needed.`, field: field.key });
      if (field.kind === 'person' && value !== null && !(await isMember(organization, value as string)))
        throw invalid({
          title: `${field.label} must be a member.`,
          detail: 'That person does not belong to your workspace.',
          field: field.key
        });
    }
  }
}
