/** For tests: the door to documents on a port of its own, with tokens that are names, and real clients. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { collabNotice } from '#shared/protocol/collab.ts';
import type { CollabNotice } from '#shared/protocol/collab.ts';
import type { Actor, Role } from '../access/actor.ts';
import { rowModels } from '../store/models/row.ts';
import { silent, testActor } from '../testing.ts';
import type { TestCore } from '../testing.ts';
import { Door } from './door.ts';
import type { DoorParts, DoorSettings } from './door.ts';
import { recordExists } from './permission.ts';

export const testDoor: DoorSettings = {
  connection: { messagesPerSecond: 1000, documents: 200, waitingBytes: 2 << 20 },
  connectionsPerUser: 100,
  messageBytes: 2 << 20
};

export interface TestDoor {
  door: Door;
  url: string;
  close(): Promise<void>;
}

/** The token `name`, `name@organization` or `name@organization!viewer` is that person. Everything else is nobody. */
export function actorOf(token: string): Actor | null {
  const match = /^([a-z0-9]+)(?:@([a-z-]+))?(?:!([a-z]+))?$/.exec(token);
  if (!match) return null;
  return { ...testActor(match[1]!, match[2] ?? 'org-a'), role: (match[3] as Role | undefined) ?? 'member' };
}

/** @param parts other than the usual ones: how somebody is identified, say. */
export async function openDoor(
  core: TestCore,
  settings: DoorSettings = testDoor,
  parts: Partial<DoorParts> = {}
): Promise<TestDoor> {
  const door = new Door(
    {
      library: core.library,
      exists: recordExists(rowModels(core.store.connection)),
      identify: async (token) => actorOf(token),
      log: silent,
      ...parts
    },
    settings
  );
  const http = createServer();
  http.on('upgrade', (request, stream, head) => {
    if (!door.upgrade(request, stream, head)) stream.destroy();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    door,
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: async () => {
      await door.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    }
  };
}

export interface TestClient {
  doc: Doc;
  provider: HocuspocusProvider;
  notices: CollabNotice[];
  /** Why the door was not opened, once it wasn't. */
  refused: string | null;
  /** Resolves when everything done so far is acknowledged. */
  saved(): Promise<void>;
  synced(): Promise<void>;
  close(): void;
}

/** A Hocuspocus client as browsers run it. */
export function hocuspocusClient(
  url: string,
  document: string,
  token: string,
  doc: Doc = new Doc()
): TestClient {
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `${url}/collab`,
    WebSocketPolyfill: WebSocket,
    delay: 100,
    minDelay: 50,
    maxDelay: 300
  });
  const client: TestClient = {
    doc,
    notices: [],
    refused: null,
    provider: new HocuspocusProvider({
      websocketProvider,
      name: document,
      document: doc,
      token,
      onStateless: ({ payload }) => client.notices.push(collabNotice.parse(JSON.parse(payload))),
      onAuthenticationFailed: ({ reason }) => (client.refused = reason)
    }),
    saved: () =>
      until(() => client.provider.synced && client.provider.unsyncedChanges === 0, 'everything is saved'),
    synced: () => until(() => client.provider.synced, 'the document is synced'),
    close: () => {
      client.provider.destroy();
      websocketProvider.destroy();
    }
  };
  client.provider.attach();
  return client;
}

/** A stock y-websocket client. */
export function yWebsocketClient(
  url: string,
  document: string,
  token: string,
  doc: Doc = new Doc()
): WebsocketProvider {
  return new WebsocketProvider(`${url}/y`, encodeURIComponent(document), doc, {
    params: { token },
    WebSocketPolyfill: WebSocket as never,
    disableBc: true,
    maxBackoffTime: 300
  });
}

/** Waits for something to become true. @throws after `patience` ms, naming what was waited for. */
export async function until(test: () => boolean, what: string, patience = 10_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!test()) {
    if (Date.now() > deadline) throw new Error(`waited ${patience} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
