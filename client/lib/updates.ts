/**
 * The service worker: registered by hand, so that a new version waits until the person agrees to reload instead of
 * swapping files under a page that is being used.
 */
import { dev } from '$app/env';
import { toast } from '#lib/ui/toast.ts';

const ASK_AGAIN_MS = 30 * 60_000;

export function watchForUpdates(): () => void {
  if (dev || !('serviceWorker' in navigator)) return () => {};
  let timer: ReturnType<typeof setInterval> | undefined;
  let reloading = false;
  // The very first worker takes over a page that is already up to date: nothing to reload.
  const first = !navigator.serviceWorker.controller;

  const taken = () => {
    if (first || reloading) return;
    reloading = true;
    location.reload();
  };
  const offer = (worker: ServiceWorker) =>
    toast('A new version of ume is here.', {
      id: 'update',
      duration: Infinity,
      action: { label: 'Reload', onClick: () => worker.postMessage('take-over') }
    });

  navigator.serviceWorker.addEventListener('controllerchange', taken);
  void navigator.serviceWorker
    .register('/service-worker.js', { type: 'module', updateViaCache: 'none' })
    .then((registration) => {
      if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
      registration.addEventListener('updatefound', () => {
        const { installing } = registration;
        installing?.addEventListener('statechange', () => {
          if (installing.state === 'installed' && navigator.serviceWorker.controller) offer(installing);
        });
      });
      timer = setInterval(() => void registration.update().catch(() => {}), ASK_AGAIN_MS);
    })
    // Without one everything works but opening the app offline (private windows, odd certificates).
    .catch((error: unknown) => console.warn('ume will not open without a network.', error));

  return () => {
    clearInterval(timer);
    navigator.serviceWorker.removeEventListener('controllerchange', taken);
  };
}
