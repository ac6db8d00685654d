// Reads the text that a server answers to Prometheus, and refuses what Prometheus would refuse.
import type { Registry } from 'prom-client';
import { serveMetrics, type MetricsServer } from '../../src/platform/metrics-server.js';

export interface Family { readonly name: string; readonly type: string; readonly help: string }

export interface Scrape {
  readonly families: readonly Family[];
  /** Value by series, such as `name{label="value"}`. */
  readonly series: ReadonlyMap<string, number>;
}

export interface Scraper extends MetricsServer {
  scrape(): Promise<Scrape>;
  /** By how much each counter of ours rises while this is done, histograms by their count; one that does not rise is left out. */
  during(work: () => Promise<unknown>): Promise<Record<string, number>>;
}

export async function scrapeOf(registry: Registry): Promise<Scraper> {
  const server = await serveMetrics(registry, { port: 0, host: '127.0.0.1' });
  const scrape = async (): Promise<Scrape> => parseMetrics(await (await fetch(server.url)).text());
  return {
    ...server, scrape,
    during: async (work) => {
      const before = await scrape();
      await work();
      const after = await scrape();
      return rises(before, after);
    },
  };
}

export function parseMetrics(text: string): Scrape {
  const families = new Map<string, Family>();
  const series = new Map<string, number>();
  const helps = new Map<string, string>();
  for (const line of text.split('\n').filter((said) => said !== '')) {
    const [, word, name = '', said = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (word === 'HELP') helps.set(name, said);
    else if (word === 'TYPE') families.set(name, { name, type: said, help: helps.get(name) ?? '' });
    else addSample(series, line);
  }
  return { families: [...families.values()], series };
}

function addSample(series: Map<string, number>, line: string): void {
  const [, key, value] = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)+\})?) (\S+)$/.exec(line) ?? [];
  if (key === undefined || !/^(\+Inf|-Inf|nan|-?[\d.e+-]+)$/i.test(value ?? '')) throw new Error(`no sample: ${line}`);
  if (series.has(key)) throw new Error(`a second sample: ${line}`);
  series.set(key, Number(value));
}

function rises(before: Scrape, after: Scrape): Record<string, number> {
  const counting = after.families.filter(({ name, type }) => name.startsWith('countersign_') && type !== 'gauge').map(({ name, type }) => (type === 'histogram' ? `${name}_count` : name));
  const risen = [...after.series].map(([key, value]) => [key, value - (before.series.get(key) ?? 0)] as const).filter(([key, rise]) => rise !== 0 && counting.includes(key.split('{')[0]!));
  return Object.fromEntries(risen.map(([key, rise]) => [key.replace('countersign_', ''), rise]));
}
