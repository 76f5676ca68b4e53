/**
 * What a module is: plain, serializable data. `defineModule` checks it and names the place of every mistake.
 */
import { z } from 'zod';

const key = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9]{0,39}$/, 'a key is a letter followed by up to 39 letters or digits');
const words = z.string().min(1).max(80);
const tone = z.enum(['grey', 'red', 'orange', 'amber', 'green', 'teal', 'blue', 'violet', 'pink']);

const choice = z.strictObject({ key, label: words, tone: tone.optional() });

const common = {
  key,
  label: words,
  help: z.string().max(200).optional(),
  required: z.boolean().optional(),
  /** The section whose document holds the field; the record's own by default. */
  section: z.string().optional()
};

const field = z.discriminatedUnion('kind', [
  /** One line, co-edited letter by letter (Y.Text). `max` in UTF-16 code units. */
  z.strictObject({
    ...common,
    kind: z.literal('text'),
    max: z.number().int().positive().max(10_000).default(500)
  }),
  /** Paragraphs, co-edited (XmlFragment named by the key). Rows carry its plain text, cut to 280 characters. */
  z.strictObject({ ...common, kind: z.literal('richText') }),
  z.strictObject({
    ...common,
    kind: z.literal('number'),
    min: z.number().optional(),
    max: z.number().optional()
  }),
  z.strictObject({ ...common, kind: z.literal('boolean') }),
  /** A calendar day without a zone, `2026-11-20`. */
  z.strictObject({ ...common, kind: z.literal('date') }),
  z.strictObject({ ...common, kind: z.literal('choice'), choices: z.array(choice).min(1) }),
  /** Several of the choices; where `open`, any short words besides. */
  z.strictObject({
    ...common,
    kind: z.literal('choices'),
    choices: z.array(choice),
    open: z.boolean().optional()
  }),
  /** A member of the organization, by id. */
  z.strictObject({ ...common, kind: z.literal('person') }),
  /** Items to tick: a Y.Map of item id to `{text, done, rank}`, so that two people's items merge. */
  z.strictObject({ ...common, kind: z.literal('checklist') }),
  /** Whole numbers by key, `{doing: 3}`. */
  z.strictObject({ ...common, kind: z.literal('counts') })
]);

const state = z.strictObject({
  key,
  label: words,
  /** What the state means to lists and clocks. */
  category: z.enum(['open', 'active', 'waiting', 'done', 'lost']),
  tone: tone.optional()
});

const view = z.discriminatedUnion('kind', [
  z.strictObject({
    key,
    label: words,
    kind: z.literal('board'),
    /** What the lanes are: the lifecycle's states, or a choice field's key. */
    lanes: z.string().default('state'),
    /** Fields shown on a card, in order. */
    card: z.array(key)
  }),
  z.strictObject({ key, label: words, kind: z.literal('table'), columns: z.array(key) })
]);

const record = z.strictObject({
  type: z
    .string()
    .regex(/^[a-z][a-z0-9]*\.[a-z][a-z0-9-]*$/, 'a record type is module.entity, such as work.task'),
  label: words,
  plural: words,
  /** The field that names a record. */
  main: key,
  fields: z.array(field).min(1),
  /** Sections besides the main one, each with a document of its own. */
  sections: z.array(z.strictObject({ key, label: words })).default([]),
  lifecycle: z
    .strictObject({
      initial: key,
      states: z.array(state).min(1),
      /** Which states may follow which; where absent, every state may follow every other. */
      transitions: z.array(z.strictObject({ from: key, to: key })).optional()
    })
    .optional(),
  views: z.array(view).default([]),
  /** Whether records lie in a space, and in the order people gave them. */
  spaced: z.boolean().default(false),
  /** Whether an organization always has one: the last one can't be removed. */
  needed: z.boolean().default(false)
});

const module = z.strictObject({
  key,
  label: words,
  version: z.number().int().positive(),
  records: z.array(record).min(1)
});

export type Tone = z.infer<typeof tone>;
export type Choice = z.infer<typeof choice>;
export type Field = z.infer<typeof field>;
export type FieldKind = Field['kind'];
export type StateDeclaration = z.infer<typeof state>;
export type ViewDeclaration = z.infer<typeof view>;
export type RecordType = z.infer<typeof record>;
export type ModuleDeclaration = z.infer<typeof module>;

/** A declaration that can't be used; `problems` name each place and what would be right there. */
export class DeclarationError extends Error {
  override name = 'DeclarationError';
  readonly problems: string[];
  constructor(name: string, problems: string[]) {
    super(`The declaration of ${name} can't be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Names of shared types that documents have besides rich texts. */
const RESERVED = new Set(['fields', 'tldraw']);

/** What the shape alone can't say: names that must be declared once, and references that must exist. */
function contradictions(declared: ModuleDeclaration): string[] {
  const problems: string[] = [];
  const twice = (place: string, keys: string[]) => {
    const seen = new Set<string>();
    for (const each of keys) {
      if (seen.has(each)) problems.push(`${place}: "${each}" is declared twice`);
      seen.add(each);
    }
  };
  twice(
    `${declared.key}.records`,
    declared.records.map((each) => each.type)
  );
  for (const each of declared.records) {
    const at = each.type;
    const keys = each.fields.map((one) => one.key);
    twice(`${at}.fields`, keys);
    if (!at.startsWith(`${declared.key}.`))
      problems.push(`${at}: the type of module ${declared.key} starts with "${declared.key}."`);
    if (!keys.includes(each.main)) problems.push(`${at}.main: there is no field "${each.main}"`);
    for (const one of each.fields) {
      if (RESERVED.has(one.key))
        problems.push(`${at}.fields.${one.key}: every document uses the name "${one.key}" itself`);
      if (one.section && !each.sections.some((section) => section.key === one.section)) {
        problems.push(`${at}.fields.${one.key}.section: there is no section "${one.section}"`);
      }
      if ('choices' in one)
        twice(
          `${at}.fields.${one.key}.choices`,
          one.choices.map((value) => value.key)
        );
    }
    if (each.lifecycle) {
      const states = each.lifecycle.states.map((one) => one.key);
      twice(`${at}.lifecycle.states`, states);
      if (!states.includes(each.lifecycle.initial))
        problems.push(`${at}.lifecycle.initial: there is no state "${each.lifecycle.initial}"`);
      for (const { from, to } of each.lifecycle.transitions ?? []) {
        for (const end of [from, to])
          if (!states.includes(end)) problems.push(`${at}.lifecycle.transitions: there is no state "${end}"`);
      }
    }
    for (const one of each.views) {
      for (const shown of one.kind === 'board' ? one.card : one.columns) {
        if (!keys.includes(shown) && shown !== 'state')
          problems.push(`${at}.views.${one.key}: there is no field "${shown}"`);
      }
      if (one.kind === 'board' && one.lanes === 'state' && !each.lifecycle)
        problems.push(`${at}.views.${one.key}.lanes: the type has no lifecycle`);
    }
  }
  return problems;
}

/**
 * Checks a module's declaration and fills in what may be left out.
 * @throws {DeclarationError} naming every place that is wrong.
 */
export function defineModule(input: z.input<typeof module>): ModuleDeclaration {
  const result = module.safeParse(input);
  if (!result.success) {
    throw new DeclarationError(
      String(input.key),
      result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    );
  }
  const problems = contradictions(result.data);
  if (problems.length > 0) throw new DeclarationError(result.data.key, problems);
  return result.data;
}

/** The field of a type by its key. */
export const fieldOf = (type: RecordType, name: string): Field | undefined =>
  type.fields.find((one) => one.key === name);
