import { expect, test } from '../fixture.ts';

test('a card one person drags is seen by the other in its new lane and place', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Together', { todo: ['Alpha', 'Beta'], doing: ['Gamma', 'Delta'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.openBoard(space);
  await bob.openBoard(space);
  await ann.drag('Alpha', 'Doing', 'Delta');
  await expect.poll(() => ann.titles('Doing')).toEqual(['Gamma', 'Alpha', 'Delta']);
  await expect.poll(() => bob.titles('Doing')).toEqual(['Gamma', 'Alpha', 'Delta']);
  await expect.poll(() => bob.titles('To do')).toEqual(['Beta']);
  await ann.saved();
});

test('two people drag at once into one place and no card is lost or doubled', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Rush', { todo: ['One', 'Two', 'Three', 'Four'], done: ['Last'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.openBoard(space);
  await bob.openBoard(space);
  await Promise.all([ann.drag('One', 'Done', 'Last'), bob.drag('Three', 'Done', 'Last')]);
  await Promise.all([ann.drag('Two', 'Done', 'Last'), bob.drag('Four', 'Done', 'Last')]);
  for (const each of [ann, bob]) {
    await expect
      .poll(async () => [...(await each.titles('Done'))].sort())
      .toEqual(['Four', 'Last', 'One', 'Three', 'Two']);
    await each.saved();
  }
  await expect.poll(async () => (await ann.titles('Done')).join()).toBe((await bob.titles('Done')).join());
});

test('a drag goes on undisturbed while the other changes the board', async ({ person, workspace }) => {
  const space = await workspace.newSpace('Steady', { todo: ['Mine', 'Other'], doing: ['Here'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.openBoard(space);
  await bob.openBoard(space);
  const from = (await ann.card('Mine').boundingBox())!;
  const to = (await ann.lane('Doing').locator('[data-cards]').boundingBox())!;
  await ann.page.mouse.move(from.x + 40, from.y + 15);
  await ann.page.mouse.down();
  await ann.page.mouse.move(to.x + 100, to.y + 10, { steps: 10 });
  await bob.drag('Other', 'Doing', 'Here');
  await expect.poll(() => ann.titles('Doing')).toContain('Other');
  await ann.page.mouse.move(to.x + 104, to.y + 12, { steps: 3 });
  await ann.page.mouse.up();
  await expect.poll(() => bob.titles('Doing')).toEqual(['Mine', 'Other', 'Here']);
});

test('undo takes back one’s own, and nobody else’s', async ({ person, workspace }) => {
  const space = await workspace.newSpace('Own undo', { todo: ['Hers', 'His'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.openBoard(space);
  await bob.openBoard(space);
  await bob.drag('His', 'Done');
  await expect.poll(() => ann.titles('Done')).toEqual(['His']);
  await ann.drag('Hers', 'Doing');
  await expect.poll(() => bob.titles('Doing')).toEqual(['Hers']);
  // The last thing that happened was hers: his undo leaves it alone.
  await bob.page.keyboard.press('Control+z');
  await expect.poll(() => bob.titles('To do')).toEqual(['His']);
  await expect.poll(() => ann.titles('To do')).toEqual(['His']);
  await expect.poll(() => bob.titles('Doing')).toEqual(['Hers']);
});

test('each sees who is at the board, and in which card', async ({ person, workspace }) => {
  const space = await workspace.newSpace('Presence', { todo: ['Shared', 'Quiet'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await ann.openBoard(space);
  await bob.openBoard(space);
  const at = ann.page.getByRole('list', { name: 'People at this board' });
  await expect(at.getByRole('img', { name: 'Bob' })).toBeVisible();
  await bob.card('Shared').click();
  await expect(ann.card('Shared').locator('[data-here]').getByRole('img', { name: 'Bob' })).toBeVisible();
  await expect(ann.card('Quiet').locator('[data-here]')).toHaveCount(0);
  await ann.card('Shared').click();
  await expect(
    ann.page.getByRole('list', { name: 'In this card now' }).getByRole('img', { name: 'Bob' })
  ).toBeVisible();
  await bob.context.close();
  await expect(at.getByRole('img', { name: 'Bob' })).toHaveCount(0);
  await expect(ann.card('Shared').locator('[data-here]')).toHaveCount(0);
});
