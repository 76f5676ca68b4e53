import { defineModule } from '#shared/kernel/declare.ts';

/** Work to do: tasks on boards. */
export const work = defineModule({
  key: 'work',
  label: 'Work',
  version: 1,
  records: [
    {
      type: 'work.task',
      label: 'Task',
      plural: 'Tasks',
      main: 'title',
      spaced: true,
      fields: [
        { key: 'title', label: 'Title', kind: 'text', required: true, max: 300 },
        { key: 'description', label: 'Description', kind: 'richText' },
        { key: 'assignee', label: 'Assignee', kind: 'person' },
        { key: 'due', label: 'Due', kind: 'date' },
        {
          key: 'priority',
          label: 'Priority',
          kind: 'choice',
          choices: [
            { key: 'urgent', label: 'Urgent', tone: 'red' },
            { key: 'high', label: 'High', tone: 'orange' },
            { key: 'normal', label: 'Normal', tone: 'blue' },
            { key: 'low', label: 'Low', tone: 'grey' }
          ]
        },
        {
          key: 'labels',
          label: 'Labels',
          kind: 'choices',
          open: true,
          choices: [
            { key: 'bug', label: 'Bug', tone: 'red' },
            { key: 'idea', label: 'Idea', tone: 'violet' },
            { key: 'design', label: 'Design', tone: 'pink' },
            { key: 'customer', label: 'Customer', tone: 'green' }
          ]
        },
        { key: 'checklist', label: 'Checklist', kind: 'checklist' }
      ],
      lifecycle: {
        initial: 'todo',
        states: [
          { key: 'backlog', label: 'Backlog', category: 'open', tone: 'grey' },
          { key: 'todo', label: 'To do', category: 'open', tone: 'blue' },
          { key: 'doing', label: 'Doing', category: 'active', tone: 'amber' },
          { key: 'review', label: 'Review', category: 'waiting', tone: 'violet' },
          { key: 'done', label: 'Done', category: 'done', tone: 'green' }
        ]
      },
      views: [
        {
          key: 'board',
          label: 'Board',
          kind: 'board',
          lanes: 'state',
          card: ['title', 'labels', 'assignee', 'due', 'checklist']
        }
      ]
    }
  ]
});
