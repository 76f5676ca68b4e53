/** Which states a record may go through. The server decides; screens ask the same question to offer only what works. */
import { conflict, invalid, type UmeError } from '../protocol/errors.ts';
import type { RecordType, StateDeclaration } from './declare.ts';

/** The state a record begins in; null where its type has no lifecycle. */
export const initialState = (type: RecordType): string | null => type.lifecycle?.initial ?? null;

export const stateOf = (type: RecordType, key: string): StateDeclaration | undefined =>
  type.lifecycle?.states.find((each) => each.key === key);

/** The states that may follow one, the same one not among them. */
export function statesAfter(type: RecordType, from: string): StateDeclaration[] {
  const { states = [], transitions } = type.lifecycle ?? {};
  return states.filter(
    (each) =>
      each.key !== from &&
      (!transitions || transitions.some((step) => step.from === from && step.to === each.key))
  );
}

/** Why a record may not go from one state to another, in words; null where it may. Staying is always allowed. */
export function transitionProblem(type: RecordType, from: string | null, to: string): UmeError | null {
  if (!type.lifecycle) return invalid({ title: `${type.plural} have no states.`, field: 'state' });
  const target = stateOf(type, to);
  if (!target)
    return invalid({
      title: `There is no state "${to}".`,
      detail: `The states are: ${type.lifecycle.states.map((each) => each.key).join(', ')}.`,
      field: 'state'
    });
  // A record whose state was declared away must not be stuck in it.
  if (from === null || from === to || !stateOf(type, from)) return null;
  const next = statesAfter(type, from);
  if (next.includes(target)) return null;
  return conflict({
    title: `${type.label} can't go from ${stateOf(type, from)!.label} to ${target.label}.`,
    detail:
      next.length > 0 ? `Next can be: ${next.map((each) => each.label).join(', ')}.` : 'This state is final.',
    field: 'state'
  });
}
