import { defineModule } from '#shared/kernel/declare.ts';

/** What every organization has before any business function: spaces, the areas of its teams and projects. */
export const core = defineModule({
  key: 'core',
  label: 'Workspace',
  version: 1,
  records: [
    {
      type: 'core.space',
      label: 'Space',
      plural: 'Spaces',
      main: 'name',
      needed: true,
      fields: [
        { key: 'name', label: 'Name', kind: 'text', required: true, max: 80 },
        { key: 'purpose', label: 'What it is for', kind: 'text', max: 280 },
        {
          key: 'tone',
          label: 'Colour',
          kind: 'choice',
          choices: (
            ['blue', 'violet', 'pink', 'red', 'orange', 'amber', 'green', 'teal', 'grey'] as const
          ).map((tone) => ({
            key: tone,
            label: tone[0]!.toUpperCase() + tone.slice(1),
            tone
          }))
        },
        { key: 'wip', label: 'Cards a lane should hold at most', kind: 'counts' }
      ]
    }
  ]
});
