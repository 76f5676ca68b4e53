import type { ModuleDeclaration, RecordType } from '#shared/kernel/declare.ts';
import { core } from './core/module.ts';
import { work } from './work/module.ts';

/** The modules ume ships. Adding one is a folder beside these and a line here. */
export const modules: readonly ModuleDeclaration[] = [core, work];

const types = new Map(modules.flatMap((each) => each.records.map((type) => [type.type, type] as const)));

/** A record type by its name, `work.task`. */
export const recordType = (name: string): RecordType | undefined => types.get(name);

export const recordTypes = (): RecordType[] => [...types.values()];
