// Reasons of a level in words: the server gives a text's key and raw values,
// the reader's language and formats are added here. Pure; tested.
import type { Format } from '@/kit'
import type { Reason } from './api'

/**
 * Values as they are read, by the end of their name: `_fen` an amount in 分,
 * `_share` and `_rate` a share from 0 to 1; other numbers with at most two
 * decimals. `count` stays a number, because it chooses the plural.
 */
export function reasonParams(
  params: Reason['params'],
  f: Pick<Format, 'money' | 'percent' | 'count'>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value !== 'number' || name === 'count') out[name] = value
    else if (/(^|_)fen$/.test(name)) out[name] = f.money(value)
    else if (/(^|_)(share|rate)$/.test(name)) out[name] = f.percent(value)
    else out[name] = f.count(value, 2)
  }
  return out
}
