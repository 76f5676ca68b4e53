import type { z } from 'zod';

/** Small things remembered on this device as JSON, read back only where they still have the right shape. */
export function readKept<S extends z.ZodType>(key: string, shape: S): z.output<S> | null {
  try {
    const text = localStorage.getItem(key);
    const read = text === null ? null : shape.safeParse(JSON.parse(text));
    return read?.success ? read.data : null;
  } catch {
    return null;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or closed storage: it is then asked for again next time.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept, then
  }
}

/** Everything of ours but what the device itself is set to: the theme. */
export function forgetAll(): void {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith('ume:') && key !== 'ume:theme') localStorage.removeItem(key);
  } catch {
    // nothing was kept, then
  }
}
