import { expect, test } from '../fixture.ts';

test('somebody who may only read sees it all live, changes nothing, and is not asked to', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Window', { todo: ['Look', 'Listen'] });
  const ann = await person('Ann');
  const vic = await person('Vic', { role: 'viewer' });
  await ann.openBoard(space);
  await vic.openBoard(space);
  await expect(vic.page.getByText('View only')).toBeVisible();
  await expect(vic.page.getByRole('button', { name: /Add|New space|More/ })).toHaveCount(0);

  await vic.card('Listen').getByRole('link').focus();
  for (const key of ['n', 'Delete', 'Alt+ArrowRight']) await vic.page.keyboard.press(key);
  await vic.card('Look').click();
  const sheet = vic.page.getByRole('dialog');
  await expect(sheet.getByRole('textbox', { name: 'Title' })).toHaveAttribute('readonly');
  await expect(sheet.locator('.rich')).toHaveAttribute('contenteditable', 'false');
  await expect(sheet.getByText('Checklist')).toHaveCount(0);

  await ann.card('Look').click();
  const description = ann.page.getByRole('dialog').getByRole('textbox', { name: 'Description' });
  await description.click();
  await ann.page.keyboard.type('For all to see');
  await expect(sheet.locator('.rich')).toContainText('For all to see');
  expect(await vic.titles('To do')).toEqual(['Look', 'Listen']);
});
