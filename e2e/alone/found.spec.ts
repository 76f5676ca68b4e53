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

  const go = page.getByRole('button', { name: 'Continue' });
  await page.getByLabel('Name of your organization').fill('Plum & Co');
  await go.click();
  await page.getByLabel('Your name').fill('Ann Berger');
  await page.getByLabel('E-mail').fill('ann@example.org');
  await page.getByLabel('Password', { exact: true }).fill('a plum tree in the snow');
  await go.click();
  await page.getByLabel('Your first space').fill('Garden');
  await page.getByRole('button', { name: 'Open your workspace' }).click();
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
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByLabel('Name of your organization')).toHaveCount(0);
  expect(errors).toEqual([]);
});
