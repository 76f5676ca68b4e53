/** `./ume help settings`: the list in server/config.ts, for people. */
import { describeConfig } from '../server/config.ts';

const list = describeConfig().map(
  ([name, description, fallback]) =>
    `${name}\n    ${description}${fallback ? ` (default: ${fallback})` : ''}\n`
);
process.stdout.write(list.join(''));
