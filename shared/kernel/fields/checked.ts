/** What checking a value gives: the value as it is kept, or what is wrong with it in words. */
import { invalid, UmeError, type Problem } from '../../protocol/errors.ts';

export type Checked<Value = unknown> = { value: Value } | { problem: Problem };

/** A problem with a field: `title` says what was wrong, `detail` what would be right. */
export const wrong = (field: { key: string }, title: string, detail?: string): { problem: Problem } => ({
  problem: invalid({ title, detail, field: field.key }).problem
});

/**
 * The value of a check that must have passed.
 * @throws {UmeError} with the problem where it hasn't.
 */
export function valueOf<Value>(checked: Checked<Value>): Value {
  if ('problem' in checked) throw new UmeError(checked.problem);
  return checked.value;
}
