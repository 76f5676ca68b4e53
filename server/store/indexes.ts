import type { Connection } from 'mongoose';

/**
 * Creates the indexes of every model registered on a connection. Done by name and only where missing, so a second
 * start costs one question per collection.
 */
export async function ensureIndexes(connection: Connection): Promise<void> {
  await Promise.all(Object.values(connection.models).map((model) => model.createIndexes()));
}
