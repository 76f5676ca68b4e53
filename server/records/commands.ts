/**
 * Commands: what must be right, checked and carried out by the server. Each asks who may first, then checks, then writes
 * one journal entry, and answers with the row once the rows include it.
 */
import { encodeStateAsUpdate } from 'yjs';
import type { RecordType } from '#shared/kernel/declare.ts';
import { createDocument, writeField } from '#shared/kernel/fields/index.ts';
import { documentName, isRecordId, MAIN_SECTION, newRecordId, typeOf } from '#shared/kernel/ids.ts';
import { initialState, transitionProblem } from '#shared/kernel/lifecycle.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { CreateRecord, MoveCommand } from '#shared/protocol/api.ts';
import { conflict, invalid, notFound, storageDown } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import type { Cause, Entry, RecordChange, ServerValues } from '../journal/entry.ts';
import type { Documents, Journal, Projector } from '../parts.ts';
import type { RowModels, StoredRow } from '../store/models/row.ts';
import { storedRow, typeFor, typeOfRecord } from './find.ts';
import { Locks } from './lock.ts';
import { Once } from './once.ts';
import { Order, type Scope } from './order.ts';
import { present } from './present.ts';
import { bySection, checkChange, sectionsOf, type IsMember } from './values.ts';

export interface CommandParts {
  rows: RowModels;
  journal: Journal;
  projector: Projector;
  documents: Documents;
  isMember: IsMember;
}

/** Every command takes the caller's idempotency key: sent again with it, it answers what it did the first time. */
export interface Commands {
  create(actor: Actor, type: string, input: CreateRecord, key?: string): Promise<Row>;
  patch(actor: Actor, id: string, fields: Record<string, unknown>, key?: string): Promise<Row>;
  move(actor: Actor, id: string, command: MoveCommand, key?: string): Promise<Row>;
  remove(actor: Actor, id: string, key?: string): Promise<void>;
  restore(actor: Actor, id: string, key?: string): Promise<Row>;
}

const command = (name: string, key: string | undefined): Cause =>
  key === undefined ? { kind: 'command', name } : { kind: 'command', name, key };

const by = ({ user, kind, name }: Actor): Pick<Actor, 'user' | 'kind' | 'name'> => ({ user, kind, name });

export function recordCommands({ rows, journal, projector, documents, isMember }: CommandParts): Commands {
  const once = new Once(journal);
  const records = new Locks();
  const order = new Order(rows, journal, projector);

  /** A command is answered once it is durable; where that can't be soon, the caller keeps it and sends it again. */
  const ready = (): void => {
    if (!journal.healthy) throw storageDown();
  };
  const rowOf = async (actor: Actor, type: RecordType, id: string): Promise<Row> =>
    present(actor, type, await storedRow(rows, actor, id));
  const again = (actor: Actor, type: RecordType) => (entry: Entry) =>
    projector.settled(entry.position).then(() => rowOf(actor, type, entry.changes[0]!.record));

  /** The space a new record lies in: the one that is named, or the organization's first. */
  async function spaceFor(actor: Actor, type: RecordType, named: string | undefined): Promise<string | null> {
    if (!type.spaced) {
      if (named === undefined) return null;
      throw invalid({ title: `${type.plural} don't lie in a space.`, field: 'space' });
    }
    const space = await rows('core.space')
      .findOne({
        organization: actor.organization,
        deleted: false,
        ...(named === undefined ? {} : { _id: named })
      })
      .sort({ _id: 1 })
      .lean<StoredRow>();
    if (!space && named !== undefined)
      throw invalid({
        title: "That space isn't here.",
        detail: 'Choose one of your spaces.',
        field: 'space'
      });
    return space?._id ?? null;
  }

  function stateFor(type: RecordType, named: string | undefined): string | null {
    if (named === undefined) return initialState(type);
    const problem = transitionProblem(type, null, named);
    if (problem) throw problem;
    return named;
  }

  async function idFor(type: RecordType, chosen: string | undefined): Promise<string> {
    if (chosen === undefined) return newRecordId(type.type);
    if (!isRecordId(chosen) || typeOf(chosen) !== type.type)
      throw invalid({
        title: "This id can't be used.",
        detail: `It is ${type.type}/ followed by a ULID.`,
        field: 'id'
      });
    if (await rows(type.type).exists({ _id: chosen }))
      throw conflict({
        title: 'This id is taken.',
        detail: 'Choose a new one for every record.',
        field: 'id'
      });
    return chosen;
  }

  async function create(actor: Actor, name: string, input: CreateRecord, key?: string): Promise<Row> {
    const type = typeFor(actor, name, 'create');
    ready();
    const { fields = {}, place } = input;
    const act = async () => {
      const space = await spaceFor(actor, type, input.space);
      const state = stateFor(type, input.state);
      await checkChange(type, actor.organization, fields, isMember);
      const given = bySection(type, fields);
      const changes = sectionsOf(type).map((section): RecordChange => {
        const doc = createDocument(type, given.get(section) ?? {}, section);
        const update = encodeStateAsUpdate(doc);
        doc.destroy();
        return { record: '', section, update };
      });
      const write = async (id: string) => {
        await order.place(
          { organization: actor.organization, type: type.type, space },
          state,
          place,
          { id, now: null },
          (rank) =>
            journal.append({
              organization: actor.organization,
              by: by(actor),
              cause: command('create', key),
              changes: changes.map((change) =>
                change.section === MAIN_SECTION
                  ? {
                      ...change,
                      record: id,
                      created: true,
                      set: { ...(state !== null && { state }), rank, space }
                    }
                  : { ...change, record: id }
              )
            })
        );
        return rowOf(actor, type, id);
      };
      // Two requests with one chosen id come after another, so that the second finds it taken.
      return input.id === undefined
        ? write(await idFor(type, undefined))
        : records.run(input.id, async () => write(await idFor(type, input.id)));
    };
    const intent = { name: 'create', type: type.type, ...(input.id !== undefined && { record: input.id }) };
    return once.run(actor, key, intent, act, again(actor, type));
  }

  async function patch(
    actor: Actor,
    id: string,
    fields: Record<string, unknown>,
    key?: string
  ): Promise<Row> {
    const type = typeOfRecord(actor, id, 'update');
    ready();
    const act = () =>
      records.run(id, async () => {
        await storedRow(rows, actor, id);
        await checkChange(type, actor.organization, fields, isMember);
        let first = true;
        for (const [section, values] of bySection(type, fields)) {
          // A key names one entry, and a section's edit is an entry of its own.
          const cause = command('patch', first ? key : undefined);
          first = false;
          const entry = await documents.edit(actor, documentName(id, section), cause, (doc) => {
            for (const field of type.fields)
              if (Object.hasOwn(values, field.key)) writeField(doc, field, values[field.key]);
          });
          if (entry) await projector.settled(entry.position);
        }
        return rowOf(actor, type, id);
      });
    return once.run(actor, key, { name: 'patch', type: type.type, record: id }, act, again(actor, type));
  }

  async function move(actor: Actor, id: string, { state, place }: MoveCommand, key?: string): Promise<Row> {
    const type = typeOfRecord(actor, id, 'move');
    ready();
    if (!type.lifecycle && !type.spaced) throw notFound({ title: `${type.plural} can't be moved.` });
    const act = () =>
      records.run(id, async () => {
        const now = await storedRow(rows, actor, id);
        if (state !== undefined) {
          const problem = transitionProblem(type, now.state, state);
          if (problem) throw problem;
        }
        const lane = state ?? now.state;
        const scope: Scope = { organization: now.organization, type: type.type, space: now.space };
        const placed = { id, now: { id, rank: now.rank, state: now.state } };
        await order.place(scope, lane, place, placed, (rank) =>
          writeValues(actor, id, command('move', key), { ...(lane !== null && { state: lane }), rank })
        );
        return rowOf(actor, type, id);
      });
    return once.run(actor, key, { name: 'move', type: type.type, record: id }, act, again(actor, type));
  }

  const writeValues = (actor: Actor, record: string, cause: Cause, set: ServerValues): Promise<Entry> =>
    journal.append({
      organization: actor.organization,
      by: by(actor),
      cause,
      changes: [{ record, section: MAIN_SECTION, set }]
    });

  /** @throws {UmeError} `conflict` where a record is the last of its type. */
  async function another(actor: Actor, type: RecordType, id: string): Promise<void> {
    const { organization } = actor;
    if (await rows(type.type).exists({ organization, deleted: false, _id: { $ne: id } })) return;
    throw conflict({
      title: `The last ${type.label.toLowerCase()} stays.`,
      detail: 'Make another one first, or give this one another name.'
    });
  }

  async function remove(actor: Actor, id: string, key?: string): Promise<void> {
    const type = typeOfRecord(actor, id, 'delete');
    ready();
    const one = () =>
      records.run(id, async () => {
        await storedRow(rows, actor, id);
        if (type.needed) await another(actor, type, id);
        const entry = await writeValues(actor, id, command('remove', key), { deleted: true });
        await projector.settled(entry.position);
      });
    // Of what must not run out one is removed after another: two people can't take the last two at once.
    const act = type.needed ? () => records.run(`${actor.organization} ${type.type}`, one) : one;
    await once.run(actor, key, { name: 'remove', type: type.type, record: id }, act, async () => {});
  }

  async function restore(actor: Actor, id: string, key?: string): Promise<Row> {
    const type = typeOfRecord(actor, id, 'delete');
    ready();
    const act = () =>
      records.run(id, async () => {
        const now = await storedRow(rows, actor, id, true);
        if (now.deleted) {
          const entry = await writeValues(actor, id, command('restore', key), { deleted: false });
          await projector.settled(entry.position);
        }
        return rowOf(actor, type, id);
      });
    return once.run(actor, key, { name: 'restore', type: type.type, record: id }, act, again(actor, type));
  }

  return { create, patch, move, remove, restore };
}
