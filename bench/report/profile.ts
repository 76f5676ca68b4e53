/**
 * The short of a CPU profile: where the time went, function by function. Pure.
 */

/** The parts of V8's .cpuprofile format that are read here. */
export type CpuProfile = {
  nodes: Array<{ id: number; callFrame: { functionName: string; url: string; lineNumber: number } }>;
  samples: number[];
  /** µs between samples. */
  timeDeltas: number[];
};

/** Functions by time spent in themselves, as a share of the time the process was not idle, most first. */
export function busiest(profile: CpuProfile, count: number): Array<{ name: string; share: number }> {
  const nameOf = new Map(
    profile.nodes.map(({ id, callFrame }) => {
      const file = callFrame.url.split('/').slice(-2).join('/');
      return [id, `${callFrame.functionName || '(nameless)'} ${file}`.trim()];
    })
  );
  const spent = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const name = nameOf.get(id) ?? '(unknown)';
    const micros = profile.timeDeltas[index] ?? 0;
    if (name === '(idle)') return;
    busy += micros;
    spent.set(name, (spent.get(name) ?? 0) + micros);
  });
  return [...spent]
    .map(([name, micros]) => ({ name, share: busy === 0 ? 0 : micros / busy }))
    .sort((a, b) => b.share - a.share)
    .slice(0, count);
}
