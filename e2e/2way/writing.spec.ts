import { expect, test, type Person } from '../fixture.ts';

const title = (who: Person) => who.page.getByRole('dialog').getByRole('textbox', { name: 'Title' });
const description = (who: Person) =>
  who.page.getByRole('dialog').getByRole('textbox', { name: 'Description' });

async function openBoth(people: Person[], space: string, card: string): Promise<void> {
  for (const each of people) {
    await each.openBoard(space);
    await each.card(card).click();
    await expect(title(each)).toHaveValue(card);
  }
}

test('two people type in one title at once, and both see both, letter by letter', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Title', { todo: ['middle'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await openBoth([ann, bob], space, 'middle');
  await title(ann).focus();
  await ann.page.keyboard.press('Home');
  await title(bob).focus();
  await bob.page.keyboard.press('End');
  // Each sees the other's caret, by name.
  await expect(ann.page.locator('.co-caret-name')).toHaveText('Bob');
  await expect(bob.page.locator('.co-caret-name')).toHaveText('Ann Berger');
  await Promise.all([
    ann.page.keyboard.type('from the start ', { delay: 25 }),
    bob.page.keyboard.type(' to the end', { delay: 30 })
  ]);
  for (const each of [ann, bob]) await expect(title(each)).toHaveValue('from the start middle to the end');
  await ann.saved();
  await expect(bob.card('from the start middle to the end')).toBeVisible();

  // His undo takes back his words, hers stay.
  await bob.page.keyboard.press('Control+z');
  for (const each of [ann, bob]) await expect(title(each)).toHaveValue('from the start middle');
  await bob.page.keyboard.press('Control+Shift+z');
  for (const each of [ann, bob]) await expect(title(each)).toHaveValue('from the start middle to the end');
});

const text = (who: Person) =>
  description(who).evaluate((node) => {
    const copy = node.cloneNode(true);
    for (const caret of copy.querySelectorAll('.collaboration-carets__caret')) caret.remove();
    return copy.textContent;
  });

test('both begin one empty description at once, and no letter is lost, doubled or astray', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('First keys', { todo: ['Blank'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await openBoth([ann, bob], space, 'Blank');
  for (const each of [ann, bob]) await description(each).click();
  await Promise.all([
    ann.page.keyboard.type('abcdefgh', { delay: 20 }),
    bob.page.keyboard.type('12345678', { delay: 23 })
  ]);
  for (const each of [ann, bob])
    await expect.poll(() => text(each)).toMatch(/^(abcdefgh12345678|12345678abcdefgh)$/);

  // A name at a caret stays within the card, also where the line ends.
  await title(bob).focus();
  await bob.page.keyboard.press('End');
  await bob.page.keyboard.type(' mmmmmmmm');
  const edge = await ann.page.getByRole('dialog').evaluate((node) => node.getBoundingClientRect().right);
  const tag = ann.page.locator('.co-caret-name');
  for (let letters = 0; letters < 10; letters++) {
    await bob.page.keyboard.type('m');
    await expect
      .poll(() => tag.evaluate((node) => node.getBoundingClientRect().right))
      .toBeLessThanOrEqual(edge);
  }
});

test('both write one description, and each has an undo of their own', async ({ person, workspace }) => {
  const space = await workspace.newSpace('Words', { todo: ['Story'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await openBoth([ann, bob], space, 'Story');
  await description(ann).click();
  await ann.page.keyboard.type('Once upon a time');
  await expect(description(bob)).toContainText('Once upon a time');
  await description(bob).click();
  await bob.page.keyboard.press('Control+End');
  await expect(ann.page.locator('.collaboration-carets__label')).toHaveText('Bob');
  await ann.page.keyboard.press('Control+Home');
  await Promise.all([
    ann.page.keyboard.type('Listen: ', { delay: 20 }),
    bob.page.keyboard.type(' there was a plum tree.', { delay: 20 })
  ]);
  for (const each of [ann, bob])
    await expect.poll(() => text(each)).toBe('Listen: Once upon a time there was a plum tree.');
  await bob.page.keyboard.press('Control+z');
  for (const each of [ann, bob]) await expect.poll(() => text(each)).not.toContain('plum tree');
  for (const each of [ann, bob]) expect(await text(each)).toContain('Listen: Once upon a time');
});

test('what one writes without a network and over a reload is merged with what the other wrote', async ({
  person,
  workspace
}) => {
  const space = await workspace.newSpace('Merge', { todo: ['base'] });
  const ann = await person('Ann');
  const bob = await person('Bob');
  await openBoth([ann, bob], space, 'base');
  await ann.appKept();
  await ann.page.waitForTimeout(800);

  await ann.offline(true);
  await title(ann).focus();
  await ann.page.keyboard.press('End');
  await ann.page.keyboard.type(' and hers');
  await description(ann).click();
  await ann.page.keyboard.type('Written on a plane.');
  await expect(ann.page.locator('[data-save]').first()).toHaveAttribute('data-save', 'device');
  await title(bob).focus();
  await bob.page.keyboard.press('Home');
  await bob.page.keyboard.type('his and ');
  await bob.saved();

  await ann.page.reload();
  await expect(title(ann)).toHaveValue('base and hers');
  await expect(description(ann)).toContainText('Written on a plane.');
  await expect(ann.page.locator('[data-save]').first()).toHaveAttribute('data-save', 'device');

  await ann.offline(false);
  for (const each of [ann, bob])
    await expect(title(each)).toHaveValue('his and base and hers', { timeout: 30_000 });
  await expect(description(bob)).toContainText('Written on a plane.');
  await ann.saved();
});
