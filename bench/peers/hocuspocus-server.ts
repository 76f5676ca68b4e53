/**
 * The program of both stock peers: @hocuspocus/server as its documentation starts it, with nothing set that has a
 * default. With a file as argument, documents are kept in it by the stock SQLite extension.
 */
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

const [database] = process.argv.slice(2);

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  extensions: database ? [new SQLite({ database })] : []
});

await server.listen();
