import { expect, test } from '../fixture.ts';

test('a card is made, moved, opened, edited, removed and brought back by keys alone', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Keys', { todo: ['First', 'Second'], done: ['Old'] });
  const ann = await person('Ann');
  await ann.openBoard(space);
  const { keyboard } = ann.page;
  const focused = () => ann.focusedCard();

  // Arrow keys go from card to card.
  await ann.card('First').getByRole('link').focus();
  await keyboard.press('ArrowDown');
  expect(await focused()).toContain('Second');

  // N adds a card in this lane; Enter adds it and waits for the next.
  await keyboard.press('n');
  await keyboard.type('Third');
  await keyboard.press('Enter');
  await keyboard.type('Fourth');
  await keyboard.press('Enter');
  await keyboard.press('Escape');
  await expect.poll(() => ann.titles('To do')).toEqual(['First', 'Second', 'Third', 'Fourth']);

  // Space picks up, arrows move, space puts down; each step is said.
  await ann.card('Third').getByRole('link').focus();
  await keyboard.press('Space');
  await expect(ann.page.locator('[aria-live=assertive]').first()).toContainText('Picked up. To do, 3 of 4.');
  await keyboard.press('ArrowRight');
  await expect(ann.page.locator('[aria-live=assertive]').first()).toContainText('Doing, 1 of 1.');
  await keyboard.press('ArrowRight');
  await keyboard.press('Space');
  await expect.poll(() => ann.titles('Review')).toEqual(['Third']);
  expect(await focused()).toContain('Third');

  // Escape puts back.
  await keyboard.press('Space');
  await keyboard.press('ArrowLeft');
  await keyboard.press('Escape');
  await expect.poll(() => ann.titles('Review')).toEqual(['Third']);

  // Alt and an arrow move at once.
  await keyboard.press('Alt+ArrowRight');
  await expect.poll(() => ann.titles('Done')).toContain('Third');
  expect(await focused()).toContain('Third');

  // Undo and redo.
  await keyboard.press('Control+z');
  await expect.poll(() => ann.titles('Review')).toEqual(['Third']);
  await keyboard.press('Control+Shift+z');
  await expect.poll(() => ann.titles('Done')).toContain('Third');

  // Enter opens; Escape closes and the focus is back on the card.
  await ann.card('Third').getByRole('link').focus();
  await keyboard.press('Enter');
  await expect(ann.page.getByRole('dialog')).toBeVisible();
  const title = ann.page.getByRole('dialog').getByRole('textbox', { name: 'Title' });
  await expect(title).toHaveValue('Third');
  await title.focus();
  await keyboard.press('End');
  await keyboard.type(' time lucky');
  await keyboard.press('Escape');
  await expect(ann.page.getByRole('dialog')).toHaveCount(0);
  await expect(ann.card('Third time lucky')).toBeVisible();
  await expect.poll(focused).toContain('Third time lucky');

  // Delete, and take it back.
  await keyboard.press('Delete');
  await expect(ann.card('Third time lucky')).toHaveCount(0);
  await expect.poll(focused).not.toBe('');
  await keyboard.press('Control+z');
  await expect(ann.card('Third time lucky')).toBeVisible();
  await ann.saved();
  await ann.page.reload();
  await expect(ann.card('Third time lucky')).toBeVisible();
});
