/** Sending one thing to many: every distinct frame is built once and written to all who want it. */
import { webSocketFrame } from './frames.ts';
import type { Port } from './port.ts';

/** Sends a body to many ports, building one frame per distinct address. */
export function broadcast(ports: Iterable<Port>, body: Uint8Array, except?: Port): void {
  let key: string | undefined;
  let frame: Buffer | undefined;
  for (const port of ports) {
    if (port === except) continue;
    if (!frame || port.addressKey !== key) {
      key = port.addressKey;
      frame = webSocketFrame(port.address, body);
    }
    port.write(frame);
  }
}
