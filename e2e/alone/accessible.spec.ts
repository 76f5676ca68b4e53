import AxeBuilder from '@axe-core/playwright';
import { expect, test, ulid } from '../fixture.ts';

const phone = { width: 390, height: 844 };

for (const dark of [false, true]) {
  for (const viewport of [undefined, phone]) {
    const where = `${viewport ? 'phone' : 'desktop'}, ${dark ? 'dark' : 'light'}`;
    test(`board, card, members, settings: no barrier axe can find (${where})`, async ({
      person,
      workspace
    }) => {
      const space = await workspace.newSpace('Open to all', {
        backlog: ['A long title that says in many words what nobody would say in few, and then some more'],
        todo: ['Plain'],
        doing: ['One', 'Two']
      });
      await workspace.api('PATCH', `/records/core.space/${ulid(space)}`, {
        fields: { wip: { doing: 1 } }
      });
      const { rows } = (await workspace.api('POST', '/records/work.task/query', {
        filter: { field: 'space', op: 'is', value: space }
      })) as { rows: Array<{ id: string; fields: { title: string } }> };
      const plain = rows.find((each) => each.fields.title === 'Plain')!;
      await workspace.api('PATCH', `/records/work.task/${ulid(plain.id)}`, {
        fields: {
          due: '2020-01-31',
          labels: ['bug', 'idea', 'Own word'],
          priority: 'urgent',
          assignee: workspace.user,
          checklist: [{ text: 'One', done: true }, { text: 'Two' }],
          description: 'Some words.'
        }
      });
      const ann = await person('Ann', { dark, viewport });
      const check = async (what: string) => {
        await ann.page.waitForTimeout(600);
        const { violations } = await new AxeBuilder({ page: ann.page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
          .analyze();
        const found = violations.map(
          ({ id, nodes }) => `${what}: ${id}: ${nodes.map((each) => each.html.slice(0, 160)).join(' | ')}`
        );
        expect(found).toEqual([]);
      };
      await ann.openBoard(space);
      await check('board');
      await ann.lane('To do').getByRole('button', { name: 'Add card', exact: true }).click();
      await check('adding');
      await ann.page.keyboard.press('Escape');
      await ann.card('Plain').click();
      await expect(ann.page.getByRole('dialog').getByRole('textbox', { name: 'Title' })).toBeVisible();
      await check('card');
      await ann.page.getByRole('dialog').getByRole('textbox', { name: 'Description' }).click();
      await check('writing');
      for (const path of ['/members', '/settings']) {
        await ann.page.goto(path);
        await expect(ann.page.getByRole('main')).toBeVisible();
        await check(path);
      }
    });
  }
}
