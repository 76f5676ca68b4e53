import { startServer, type RunningServer } from '../server.ts';
import { expect, test as base } from '@playwright/test';

/** The one test that begins with nothing: no organization, no person. */
const test = base.extend<object, { empty: RunningServer }>({
  empty: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of what a fixture needs
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 }
  ]
});

test('someone opens the set-up link and has a board with a card a minute later', async ({ empty, page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  expect(empty.setupLink).not.toBeNull();
  await page.goto(empty.setupLink!);

  const next = page.getByRole('button', { name: /continue|next|create|found|start/i }).last();
  // Whatever the steps are: every field that is asked for is filled, until the board is there.
  const answers: Array<[RegExp, string]> = [
    [/organi[sz]ation.*name|^name of|what is it called/i, 'Plum & Co'],
    [/your name|full name/i, 'Ann Berger'],
    [/e-?mail/i, 'ann@example.org'],
    [/password/i, 'a plum tree in the snow'],
    [/space/i, 'Garden']
  ];
  for (let step = 0; step < 8 && !/\/board\//.test(page.url()); step++) {
    await expect(next).toBeVisible();
    for (const [label, value] of answers) {
      const field = page.getByRole('textbox', { name: label }).or(page.getByLabel(label)).first();
      if ((await field.isVisible()) && (await field.isEditable()) && (await field.inputValue()) === '')
        await field.fill(value);
    }
    const before = await page.locator('main').innerText();
    await next.click();
    await expect
      .poll(async () => /\/board\//.test(page.url()) || (await page.locator('main').innerText()) !== before)
      .toBe(true);
  }
  await page.waitForURL(/\/board\//);

  await page
    .getByRole('region', { name: 'To do' })
    .getByRole('button', { name: 'Add card', exact: true })
    .click();
  await page.keyboard.type('Prune the plum tree');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-card]')).toContainText('Prune the plum tree');
  await expect(page.locator('[data-save]').first()).toHaveAttribute('data-save', 'saved');
  await page.reload();
  await expect(page.locator('[data-card]')).toContainText('Prune the plum tree');

  // The link works once.
  await page.context().clearCookies();
  await page.goto(empty.setupLink!);
  await expect(page.getByRole('textbox', { name: /organi[sz]ation/i })).toHaveCount(0);
  expect(errors).toEqual([]);
});
