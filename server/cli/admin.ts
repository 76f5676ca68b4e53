/** `./ume admin …`: looking after a server from its own machine. */
import { text } from 'node:stream/consumers';
import type { Member, Organization } from '#shared/kernel/organization.ts';
import { foundOrganization, invite } from '#shared/protocol/api.ts';
import { initialize, inviteAs, listAll } from '../access/operator.ts';
import { invitationLink, setupLink } from '../http/links.ts';
import { needed, options, type Command } from './command.ts';
import { operate } from './operate.ts';

const INIT = 'admin init --org NAME --email E --password P [--type T] [--json]';

const init: Command = {
  name: 'admin init',
  summary: 'Found an organization without a browser, and make its founder an API key',
  usage: '--org NAME --email E --password P [options]',
  help: `
  --org NAME          the organization's name
  --type T            for-profit (default), non-profit, foundation or general
  --email E           the founder's e-mail address
  --password P        … and password, at least 10 characters; - reads it from standard input
  --name N            … and name; default: what stands before the @
  --country CC        two letters, default DE
  --time-zone ZONE    default: this machine's
  --currency CUR      three letters, default EUR
  --space NAME        the first space, default "General"
  --data DIR          the data folder, default UME_DATA

Where there is an account with this address already, the password must be its own; it founds one more organization.
Prints the ids and the key; the key is shown this once.`,
  parse: options(INIT, [
    'org',
    'type',
    'email',
    'password',
    'name',
    'country',
    'time-zone',
    'currency',
    'space'
  ]),
  run: async (given, config) => {
    const { values } = given;
    const email = needed(given, 'email');
    const password = needed(given, 'password');
    const body = foundOrganization.parse({
      organization: {
        name: needed(given, 'org'),
        type: values['type'] ?? 'for-profit',
        country: values['country'] ?? 'DE',
        timeZone: values['time-zone'] ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
        currency: values['currency'] ?? 'EUR',
        contact: { email }
      },
      founder: {
        name: values['name'] ?? email.split('@')[0],
        email,
        password: password === '-' ? (await text(process.stdin)).trimEnd() : password
      },
      space: { name: values['space'] ?? 'General' }
    });
    const made = await operate(config, { path: 'init', body, alone: (access) => initialize(access, body) });
    return {
      organization: made.organization.id,
      user: made.user.id,
      space: made.space,
      apiKey: made.apiKey
    };
  },
  words: (answer) => {
    const { organization, user, apiKey } = answer as Record<string, string>;
    return `Founded.\n  organization  ${organization}\n  founder       ${user}\n  API key       ${apiKey}   (shown this once)`;
  }
};

const setUpLink: Command = {
  name: 'admin set-up-link',
  summary: 'Print the one-time link that founds the first organization in a browser',
  usage: '[--data DIR] [--json]',
  help: 'The link works until an organization is founded. Whoever has it can found, so pass it on with care.',
  parse: options('admin set-up-link [--json]', []),
  run: (_given, config) =>
    operate<{ url: string | null }>(config, {
      path: 'set-up-link',
      body: {},
      alone: async (access, address) => {
        const token = await access.setup.ensureToken();
        return { url: token === null ? null : setupLink(address, token) };
      }
    }),
  words: (answer) =>
    (answer as { url: string | null }).url ??
    'There is an organization here already: ./ume admin invite lets people in.'
};

const inviteSomebody: Command = {
  name: 'admin invite',
  summary: 'Make a link that lets one person into an organization',
  usage: '--org NAME-OR-ID [--role member|viewer] [--email E] [--days N] [--json]',
  help: `
  --org NAME-OR-ID    which organization
  --role ROLE         member (default) or viewer
  --email E           only this address may accept it
  --days N            how long it holds, 1 to 30, default 7
  --data DIR          the data folder, default UME_DATA`,
  parse: options('admin invite --org NAME-OR-ID [--json]', ['org', 'role', 'email', 'days']),
  run: (given, config) => {
    const organization = needed(given, 'org');
    const { role, email, days } = given.values;
    const wish = invite.parse({
      ...(role === undefined ? {} : { role }),
      ...(email === undefined ? {} : { email }),
      ...(days === undefined ? {} : { days: Number(days) })
    });
    return operate<{ id: string; url: string; expiresAt: string }>(config, {
      path: 'invite',
      body: { organization, ...wish },
      alone: async (access, address) => {
        const made = await inviteAs(access, organization, wish);
        return {
          id: made.id,
          url: invitationLink(address, made.token),
          expiresAt: made.expiresAt.toISOString()
        };
      }
    });
  },
  words: (answer) => {
    const { url, expiresAt } = answer as { url: string; expiresAt: string };
    return `${url}\nGood for one person, until ${expiresAt}.`;
  }
};

const list: Command = {
  name: 'admin list',
  summary: 'List the organizations of this server and their people',
  usage: '[--data DIR] [--json]',
  help: 'Everything that is in the data folder, whoever it belongs to.',
  parse: options('admin list [--json]', []),
  run: (_given, config) => operate(config, { path: 'list', body: {}, alone: listAll }),
  words: (answer) => {
    const { organizations } = answer as { organizations: Array<Organization & { members: Member[] }> };
    if (organizations.length === 0)
      return 'No organization yet. ./ume admin set-up-link prints how to found one.';
    return organizations
      .map(({ id, name, type, members }) =>
        [
          `${name}  (${type}, ${id})`,
          ...members.map((each) => `  ${each.role.padEnd(8)} ${each.name} <${each.email}>  ${each.id}`)
        ].join('\n')
      )
      .join('\n');
  }
};

export const adminCommands: Command[] = [init, setUpLink, inviteSomebody, list];
