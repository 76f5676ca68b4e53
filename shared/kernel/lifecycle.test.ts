import { describe, expect, test } from 'vitest';
import { defineModule } from './declare.ts';
import { initialState, statesAfter, transitionProblem } from './lifecycle.ts';

const type = (transitions?: Array<{ from: string; to: string }>) =>
  defineModule({
    key: 'shop',
    label: 'Shop',
    version: 1,
    records: [
      {
        type: 'shop.order',
        label: 'Order',
        plural: 'Orders',
        main: 'title',
        fields: [{ key: 'title', label: 'Title', kind: 'text' }],
        lifecycle: {
          initial: 'new',
          states: [
            { key: 'new', label: 'New', category: 'open' },
            { key: 'paid', label: 'Paid', category: 'active' },
            { key: 'sent', label: 'Sent', category: 'done' }
          ],
          transitions
        }
      }
    ]
  }).records[0]!;

describe('a lifecycle', () => {
  test('begins in its initial state', () => expect(initialState(type())).toBe('new'));

  test('without transitions every state may follow every other', () => {
    expect(statesAfter(type(), 'sent').map((each) => each.key)).toEqual(['new', 'paid']);
    expect(transitionProblem(type(), 'sent', 'new')).toBeNull();
  });

  test('with transitions says what is allowed instead', () => {
    const orders = type([
      { from: 'new', to: 'paid' },
      { from: 'paid', to: 'sent' }
    ]);
    expect(transitionProblem(orders, 'new', 'paid')).toBeNull();
    expect(transitionProblem(orders, 'new', 'new')).toBeNull();
    expect(transitionProblem(orders, 'new', 'sent')!.problem).toMatchObject({
      code: 'conflict',
      title: "Order can't go from New to Sent.",
      detail: 'Next can be: Paid.'
    });
    expect(transitionProblem(orders, 'sent', 'new')!.problem.detail).toBe('This state is final.');
  });

  test('refuses a state that does not exist, and frees a record from one that was declared away', () => {
    expect(transitionProblem(type(), 'new', 'lost')!.problem).toMatchObject({
      code: 'invalid',
      field: 'state'
    });
    expect(transitionProblem(type([]), 'archived', 'new')).toBeNull();
  });
});
