import { expect, test } from '../fixture.ts';

test('what the server refuses is put back, named, and has a way back', async ({ person, workspace }) => {
  const space = await workspace.newSpace('No', { todo: ['Stubborn', 'Easy'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  const problem = { code: 'forbidden', status: 403, title: 'You may not do that.', detail: 'Ask Bob.' };
  // The browser says on its own that an answer was a 403; that is what is being tested here.
  ann.expects(/status of 403/);
  await ann.page.route('**/commands/move', (route) =>
    route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  );
  await ann.drag('Stubborn', 'Doing');
  const badge = ann.page.locator('[data-save]').first();
  await expect(badge).toHaveAttribute('data-save', 'refused');
  await expect.poll(() => ann.titles('To do')).toEqual(['Stubborn', 'Easy']);
  await expect(ann.card('Stubborn')).toContainText('You may not do that.');

  // It outlives a reload, like everything that waits for the person.
  await ann.page.reload();
  await expect(badge).toHaveAttribute('data-save', 'refused');
  await badge.click();
  await expect(ann.page.getByText('Ask Bob.').first()).toBeVisible();
  await ann.page.getByRole('button', { name: 'Discard my change' }).click();
  await expect(badge).toHaveAttribute('data-save', 'saved');
  await ann.page.keyboard.press('Escape');

  await ann.drag('Stubborn', 'Doing');
  await expect(badge).toHaveAttribute('data-save', 'refused');
  await ann.page.unroute('**/commands/move');
  await badge.click();
  await ann.page.getByRole('button', { name: 'Try again' }).click();
  await expect(badge).toHaveAttribute('data-save', 'saved');
  await expect.poll(() => ann.titles('Doing')).toEqual(['Stubborn']);
});

test('an overloaded server is asked again with the same key until it answers, once', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Busy');
  const ann = await person('Ann');
  await ann.openBoard(space);
  ann.expects(/status of 503/);
  const keys: string[] = [];
  await ann.page.route('**/api/v1/records/work.task', async (route) => {
    keys.push(route.request().headers()['idempotency-key'] ?? '');
    // Carried out, but the answer is lost: the hardest case.
    if (keys.length === 1) await route.fetch();
    if (keys.length < 3) await route.fulfill({ status: 503, body: '{}' });
    else await route.continue();
  });
  await ann.lane('To do').getByRole('button', { name: 'Add card', exact: true }).click();
  await ann.page.keyboard.type('Only once');
  await ann.page.keyboard.press('Enter');
  await ann.page.keyboard.press('Escape');
  await expect.poll(() => keys.length, { timeout: 20_000 }).toBe(3);
  await ann.saved();
  expect(new Set(keys).size).toBe(1);
  await ann.page.reload();
  await expect.poll(() => ann.titles('To do')).toEqual(['Only once']);
});
