/** The database engine cannot be had or used. The message says what is wrong and what would be right. */
export class EngineError extends Error {
  override name = 'EngineError';
}
