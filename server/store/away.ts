/** What the driver throws while the database is away; it comes back by itself. */
const AWAY = /^Mongo(ose)?(Network|ServerSelection|NotConnected|TopologyClosed|PoolCleared|WaitQueueTimeout)/;

/** Whether something failed only because the database does not answer at the moment. */
export const isAway = (error: unknown): boolean => {
  const name = (error as { name?: unknown } | null)?.name;
  return typeof name === 'string' && AWAY.test(name);
};
