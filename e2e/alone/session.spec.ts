import { expect, test } from '../fixture.ts';
import { FOUNDER } from '../server.ts';

test('a session that ended meanwhile loses nothing: after signing in again everything is saved', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Long lunch', { todo: ['Before'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  await ann.saved();
  await ann.appKept();

  await ann.offline(true);
  await ann.drag('Before', 'Done');
  await ann.lane('To do').getByRole('button', { name: 'Add card', exact: true }).click();
  await ann.page.keyboard.type('During');
  await ann.page.keyboard.press('Enter');
  await ann.page.keyboard.press('Escape');
  await expect(ann.page.locator('[data-save]').first()).toHaveAttribute('data-save', 'device');
  await ann.context.clearCookies();
  await ann.offline(false);

  await ann.page.waitForURL(/sign-in/, { timeout: 30_000 });
  await ann.page.getByLabel('E-mail').fill(FOUNDER.email);
  await ann.page.getByLabel('Password', { exact: true }).fill(FOUNDER.password);
  await ann.page.keyboard.press('Enter');
  await ann.page.waitForURL(/\/board\//);
  await ann.saved();
  await expect.poll(() => ann.titles('To do')).toEqual(['During']);
  await expect.poll(() => ann.titles('Done')).toEqual(['Before']);
});
