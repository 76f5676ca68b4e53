/** One board: its lanes as they are shown, what is in hand, and everything a person can do on it. */
import type { RecordType } from '#shared/kernel/declare.ts';
import { newRecordId } from '#shared/kernel/ids.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { Command } from '#lib/live/commands.ts';
import type { Live } from '#lib/live/live.svelte.ts';
import { overlay } from '#lib/live/overlay.ts';
import type { LiveList } from '#lib/live/feed.svelte.ts';
import { History, type Step } from './history.ts';
import {
  laneDeclarations,
  lanesOf,
  placeOf,
  spotAt,
  spotOf,
  withCardAt,
  type Lane,
  type LaneDeclaration,
  type Spot
} from './lanes.ts';
import { nextSpot, type Arrow } from './steps.ts';

export interface Held {
  id: string;
  spot: Spot;
  by: 'pointer' | 'keys';
}

export class BoardModel {
  readonly live: Live;
  readonly type: RecordType;
  readonly space: string;
  readonly list: LiveList;
  readonly declared: LaneDeclaration[];
  readonly #history = new History();
  /** The card in somebody's hand: shown where it would go, and nothing sent until it is let go. */
  held = $state.raw<Held | null>(null);
  /** Said to screen readers. */
  said = $state('');

  readonly shown = $derived.by(() =>
    overlay(this.list.rows.values(), this.list.position, this.live.outbox.items, this.live.who.user, (row) =>
      this.#belongs(row)
    )
  );
  /** The lanes as they are. */
  readonly lanes: Lane[] = $derived.by(() => lanesOf(this.declared, this.shown));
  /** The lanes as they are shown: with the card in hand where it would go. */
  readonly visible: Lane[] = $derived.by(() =>
    this.held ? withCardAt(this.lanes, this.held.id, this.held.spot) : this.lanes
  );

  constructor(live: Live, type: RecordType, space: string) {
    this.live = live;
    this.type = type;
    this.space = space;
    this.declared = laneDeclarations(type);
    this.list = live.feed.follow(type.type, { field: 'space', op: 'is', value: space });
  }

  leave(): void {
    this.live.feed.leave(this.list);
  }

  #belongs(row: Row): boolean {
    return row.type === this.type.type && row.space === this.space;
  }

  card(id: string) {
    return this.shown.find((each) => each.row.id === id);
  }

  nameOf(row: Row): string {
    const name = row.fields[this.type.main];
    return typeof name === 'string' && name.trim() !== ''
      ? name
      : `Untitled ${this.type.label.toLowerCase()}`;
  }

  mayMove(id: string): boolean {
    const card = this.card(id);
    return card !== undefined && (card.row.may?.commands.includes('move') ?? true);
  }

  say(words: string): void {
    // The same words twice are otherwise heard once.
    this.said = this.said === words ? `${words}\u00a0` : words;
  }

  #do(step: Step): void {
    for (const command of step.again) void this.live.outbox.give(command);
    this.#history.did(step);
  }

  add(lane: string, title: string): string {
    const { type, space } = this;
    const record = newRecordId(type.type);
    const after = this.lanes.find((each) => each.key === lane)?.cards.at(-1)?.row.id;
    const about = { record, type: type.type };
    const create: Command = {
      kind: 'create',
      ...about,
      space,
      state: lane,
      fields: { [type.main]: title },
      ...(after !== undefined && { place: { after } })
    };
    void this.live.outbox.give(create);
    // Done again, it is the same card that comes back, not another one.
    this.#history.did({
      label: `Added “${title}”`,
      back: [{ kind: 'delete', ...about }],
      again: [{ kind: 'restore', ...about }]
    });
    this.say(`Added ${title} to ${this.#laneName(lane)}.`);
    return record;
  }

  move(id: string, to: Spot): void {
    const from = spotOf(this.lanes, id);
    const card = this.card(id);
    if (!from || !card || (from.lane === to.lane && from.after === to.after)) return;
    const command = (spot: Spot): Command => ({
      kind: 'move',
      record: id,
      type: this.type.type,
      state: spot.lane,
      place: placeOf(this.lanes, spot, id)
    });
    this.#do({
      label: `Moved “${this.nameOf(card.row)}”`,
      again: [command(to)],
      back: [command({ lane: from.lane, after: from.after })]
    });
  }

  /** To the top of a lane. */
  moveToLane(id: string, lane: string): void {
    this.move(id, { lane, after: null });
    this.say(`Moved to ${this.#laneName(lane)}.`);
  }

  /** @returns how to take it back. */
  remove(id: string): (() => void) | null {
    const card = this.card(id);
    if (!card) return null;
    const about = { record: id, type: this.type.type };
    const step: Step = {
      label: `Deleted “${this.nameOf(card.row)}”`,
      again: [{ kind: 'delete', ...about }],
      back: [{ kind: 'restore', ...about }]
    };
    this.#do(step);
    this.say(`${step.label}.`);
    return () => {
      this.#history.drop(step);
      for (const command of step.back) void this.live.outbox.give(command);
      this.say(`“${this.nameOf(card.row)}” is back.`);
    };
  }

  /** Takes back this person's last step. */
  undo(): string | null {
    const step = this.#history.undo();
    if (!step) return null;
    for (const command of step.back) void this.live.outbox.give(command);
    this.say(`Taken back: ${step.label}.`);
    return step.label;
  }

  redo(): string | null {
    const step = this.#history.redo();
    if (!step) return null;
    for (const command of step.again) void this.live.outbox.give(command);
    this.say(`Done again: ${step.label}.`);
    return step.label;
  }

  /* What is in hand. */

  take(id: string, by: Held['by']): void {
    const spot = spotOf(this.lanes, id);
    if (!spot || !this.mayMove(id)) return;
    this.held = { id, spot: { lane: spot.lane, after: spot.after }, by };
    if (by === 'keys')
      this.say(
        `Picked up. ${this.#whereWords(id)} Arrow keys move it, space puts it down, escape puts it back.`
      );
  }

  aim(id: string, lane: string, index: number): void {
    const target = this.lanes.find((each) => each.key === lane);
    if (!target || this.held?.id !== id) return;
    const spot = spotAt(target, index, id);
    if (this.held.spot.lane !== spot.lane || this.held.spot.after !== spot.after)
      this.held = { ...this.held, spot };
  }

  step(arrow: Arrow): void {
    if (!this.held) return;
    const spot = nextSpot(this.visible, this.held.id, arrow);
    if (!spot) return;
    this.held = { ...this.held, spot };
    this.say(this.#whereWords(this.held.id));
  }

  put(): void {
    const { held } = this;
    this.held = null;
    if (!held) return;
    if (!this.card(held.id)) return this.say('Somebody removed this card meanwhile.');
    const lanes = withCardAt(this.lanes, held.id, held.spot);
    this.move(held.id, held.spot);
    if (held.by === 'keys') this.say(`Put down. ${this.#whereWords(held.id, lanes)}`);
  }

  putBack(): void {
    const { held } = this;
    this.held = null;
    if (held?.by === 'keys') this.say('Put back where it was.');
  }

  /** One step at once, without picking it up. */
  nudge(id: string, arrow: Arrow): void {
    const spot = this.mayMove(id) ? nextSpot(this.lanes, id, arrow) : null;
    if (!spot) return;
    const lanes = withCardAt(this.lanes, id, spot);
    this.move(id, spot);
    this.say(this.#whereWords(id, lanes));
  }

  #laneName(key: string): string {
    return this.declared.find((each) => each.key === key)?.label ?? key;
  }

  #whereWords(id: string, lanes: readonly Lane[] = this.visible): string {
    const spot = spotOf(lanes, id);
    if (!spot) return '';
    const { cards, label } = lanes.find((each) => each.key === spot.lane)!;
    return `${label}, ${spot.index + 1} of ${cards.length}.`;
  }
}
