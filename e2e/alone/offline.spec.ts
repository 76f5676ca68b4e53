import { expect, test } from '../fixture.ts';

test('without a network the board opens from this device, and what is done there is saved later', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Train', { todo: ['Read', 'Write'], done: ['Pack'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  await ann.saved();
  // The app itself must be on the device before the network goes.
  await ann.appKept();
  await ann.card('Write').click();
  await expect(ann.page.getByRole('dialog').getByRole('textbox', { name: 'Title' })).toHaveValue('Write');
  await ann.page.waitForTimeout(700);

  await ann.offline(true);
  const badge = ann.page.locator('[data-save]').first();
  await expect(badge).toHaveAttribute('data-save', 'offline');

  const title = ann.page.getByRole('dialog').getByRole('textbox', { name: 'Title' });
  await title.focus();
  await ann.page.keyboard.press('End');
  await ann.page.keyboard.type(' a letter');
  await expect(badge).toHaveAttribute('data-save', 'device');
  await ann.page.keyboard.press('Escape');
  await ann.drag('Read', 'Doing');
  await ann.lane('To do').getByRole('button', { name: 'Add card', exact: true }).click();
  await ann.page.keyboard.type('Made in a tunnel');
  await ann.page.keyboard.press('Enter');
  await ann.page.keyboard.press('Escape');
  await expect.poll(() => ann.titles('To do')).toEqual(['Write', 'Made in a tunnel']);

  await ann.page.reload();
  await expect.poll(() => ann.titles('Doing')).toEqual(['Read']);
  await expect.poll(() => ann.titles('To do')).toContain('Made in a tunnel');
  await expect(badge).toHaveAttribute('data-save', 'device');
  await expect(badge).toContainText('Only on this device');
  await ann.card('Write').click();
  await expect(title).toHaveValue('Write a letter');
  // A card that exists only here can be opened and described already.
  await ann.page.keyboard.press('Escape');
  await ann.card('Made in a tunnel').click();
  await ann.page.getByRole('dialog').getByRole('textbox', { name: 'Description' }).click();
  await ann.page.keyboard.type('Dark in here.');
  await ann.page.keyboard.press('Escape');

  await ann.offline(false);
  await expect(badge).toHaveAttribute('data-save', 'saved', { timeout: 30_000 });

  const bob = await person('Bob');
  await bob.openBoard(space);
  await expect.poll(() => bob.titles('Doing')).toEqual(['Read']);
  await expect.poll(() => bob.titles('To do')).toEqual(['Write a letter', 'Made in a tunnel']);
  await bob.card('Made in a tunnel').click();
  await expect(bob.page.getByRole('dialog').locator('.rich')).toContainText('Dark in here.');
});

test('nothing of one person is left for the next on the same browser', async ({ person, workspace }) => {
  const space = await workspace.newSpace('Shared desk', { todo: ['Secret'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  await expect(ann.card('Secret')).toBeVisible();
  await ann.page.waitForTimeout(800);
  const names = () =>
    ann.page.evaluate<string[]>(`indexedDB.databases().then((all) => all.map((each) => each.name ?? ''))`);
  expect((await names()).some((name) => name.startsWith('ume:'))).toBe(true);
  await ann.page
    .getByRole('button', { name: /Ann Berger/ })
    .first()
    .click();
  await ann.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await ann.page.waitForURL(/sign-in/);
  await expect.poll(async () => (await names()).filter((name) => name.startsWith('ume:'))).toEqual([]);
});
