import { expect, test, ulid } from '../fixture.ts';

test('a card’s fields are filled in and stay', async ({ person, workspace }) => {
  const space = await workspace.newSpace('Fields', { todo: ['Poster'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  await ann.card('Poster').click();
  const sheet = ann.page.getByRole('dialog');
  await expect(sheet.getByRole('textbox', { name: 'Title' })).toHaveValue('Poster');

  await sheet.getByRole('button', { name: /^Assignee/ }).click();
  await ann.page.getByPlaceholder('Find somebody…').fill('ann');
  await ann.page.keyboard.press('Enter');
  await expect(sheet.getByRole('button', { name: /^Assignee/ })).toContainText('Ann Berger');

  await sheet.getByRole('button', { name: /^Due/ }).click();
  await ann.page.getByRole('button', { name: 'Tomorrow' }).click();

  await sheet.getByRole('button', { name: /^Priority/ }).click();
  await ann.page.getByRole('menuitem', { name: 'High' }).click();

  await sheet.getByRole('button', { name: /^Labels/ }).click();
  await ann.page.getByPlaceholder('Find or add a word…').fill('des');
  await ann.page.keyboard.press('Enter');
  await ann.page.getByPlaceholder('Find or add a word…').fill('Print');
  await ann.page.keyboard.press('Enter');
  await ann.page.keyboard.press('Escape');
  await expect(sheet.getByRole('button', { name: /^Labels/ })).toContainText('Print');
  await expect(sheet).toBeVisible();

  await sheet.getByRole('textbox', { name: 'Description' }).click();
  await ann.page.keyboard.type('Two ');
  await ann.page.keyboard.press('Control+b');
  await ann.page.keyboard.type('big');
  await ann.page.keyboard.press('Control+b');
  await ann.page.keyboard.type(' sheets');
  await expect(sheet.locator('.rich strong')).toHaveText('big');

  const item = sheet.getByRole('textbox', { name: 'New item' });
  await item.fill('Sketch');
  await item.press('Enter');
  await item.fill('Print it');
  await item.press('Enter');
  await sheet.getByRole('checkbox', { name: 'Sketch' }).click();
  await expect(sheet.getByText('1/2')).toBeVisible();
  await ann.saved();

  const card = ann.card('Poster');
  await expect(card).toContainText('Design');
  await expect(card).toContainText('Print');
  await expect(card).toContainText('Tomorrow');
  await expect(card).toContainText('1/2');
  await expect(card.getByRole('img', { name: 'Ann Berger' })).toBeVisible();

  // The address is the card's own.
  await ann.page.reload();
  await expect(sheet.getByRole('textbox', { name: 'Title' })).toHaveValue('Poster');
  await expect(sheet.locator('.rich')).toContainText('Two big sheets');
  await expect(sheet.getByRole('button', { name: /^Priority/ })).toContainText('High');

  // Undo in the card goes back through fields and text alike, in order.
  await sheet.getByRole('button', { name: /^Priority/ }).click();
  await ann.page.getByRole('menuitem', { name: 'Low' }).click();
  await ann.page.waitForTimeout(700);
  await sheet.getByRole('textbox', { name: 'Title' }).focus();
  await ann.page.keyboard.press('End');
  await ann.page.keyboard.insertText(' no. 1');
  await ann.page.keyboard.press('Control+z');
  await expect(sheet.getByRole('textbox', { name: 'Title' })).toHaveValue('Poster');
  await ann.page.keyboard.press('Control+z');
  await expect(sheet.getByRole('button', { name: /^Priority/ })).toContainText('High');

  // To another lane, from the sheet.
  await sheet.getByRole('button', { name: /^Lane/ }).click();
  await ann.page.getByRole('menuitem', { name: 'Doing' }).click();
  await expect.poll(() => ann.titles('Doing')).toEqual(['Poster']);

  // And away, with a way back.
  await sheet.getByRole('button', { name: 'More' }).click();
  await ann.page.getByRole('menuitem', { name: 'Delete task' }).click();
  await expect(ann.card('Poster')).toHaveCount(0);
  await expect(ann.page).toHaveURL(new RegExp(`/board/${ulid(space)}$`));
  await ann.page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(ann.card('Poster')).toBeVisible();
});

test('a lane says calmly that it holds more than it should', async ({ person, workspace }) => {
  const space = await workspace.newSpace('Limits', { doing: ['One', 'Two'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  await ann.lane('Doing').getByRole('button', { name: 'More for Doing' }).click();
  await ann.page.getByRole('menuitem', { name: 'Set a limit' }).click();
  await ann.page.getByLabel('Limit for Doing').fill('1');
  await ann.page.keyboard.press('Enter');
  await expect(ann.lane('Doing').locator('[data-over]')).toHaveText(/2\s*\/1/);
  await ann.saved();
  await ann.page.reload();
  await expect(ann.lane('Doing').locator('[data-over]')).toBeVisible();
  await ann.drag('One', 'Done');
  await expect(ann.lane('Doing').locator('[data-over]')).toHaveCount(0);
});

test('all lanes are seen at once on a desk, and an open card moves none of them nor hides its own', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Wide', { todo: ['Near'], done: ['Far'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  const box = async (lane: string) => (await ann.lane(lane).boundingBox())!;
  const before = await box('Done');
  expect(before.x + before.width).toBeLessThanOrEqual(1440);
  await ann.card('Far').click();
  const sheet = (await ann.page.getByRole('dialog').boundingBox())!;
  await expect.poll(async () => (await box('Done')).x + before.width).toBeLessThanOrEqual(sheet.x);
  expect((await box('Done')).width).toBe(before.width);
});
