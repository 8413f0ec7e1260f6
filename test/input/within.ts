/** Runs `act`; throws when it took longer. Of clock and processor the smaller counts: others share the machine. */
export function within<T>(milliseconds: number, act: () => T): T {
  const clock = performance.now();
  const processor = process.cpuUsage();
  const result = act();
  const { user, system } = process.cpuUsage(processor);
  const took = Math.min(performance.now() - clock, (user + system) / 1000);
  if (took > milliseconds) throw new Error(`took ${Math.round(took)} ms, at most ${milliseconds} are allowed`);
  return result;
}
