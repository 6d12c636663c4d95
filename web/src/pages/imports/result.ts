// What an import came to, ready to be told. Pure; tested.
import type { Counts, Import } from './api'

/** Whether every row read is accounted for. False is a fault of the program. */
export const balances = (x: Pick<Import, 'rows_read' | 'accepted' | 'rejected' | 'unchanged'>) =>
  x.accepted + x.rejected + x.unchanged === x.rows_read

/** Widths (0–100) of the parts of a bar, small parts still visible, in all 100. */
export function shares(parts: number[], least = 1): number[] {
  const sum = parts.reduce((a, b) => a + b, 0)
  if (sum === 0) return parts.map(() => 0)
  const raised = parts.map((n) => (n > 0 ? Math.max((n / sum) * 100, least) : 0))
  const total = raised.reduce((a, b) => a + b, 0)
  return raised.map((n) => (n / total) * 100)
}

/** A count worth telling; texts `imports.count.<code>` and `imports.count.<code>.text`. */
export type CountCode = Exclude<keyof Counts, 'approximate' | 'reasons'>

const byKind: Record<Import['kind'], CountCode[]> = {
  orders: [
    'returns',
    'refunded',
    'part_refunded',
    'cancelled',
    'unpaid',
    'exact_duplicates',
    'duplicates_dropped',
    'without_buyer',
    'zero_price',
    'far_apart',
    'amounts_rounded',
    'orders_unchanged',
    'customers_updated',
    'contacts_added',
    'tags_made',
    'tags_left_out',
  ],
  customers: [
    'customers_updated',
    'contacts_added',
    'tags_made',
    'tags_left_out',
    'owners_left_out',
    'stages_left_out',
    'links_open',
    'exact_duplicates',
    'without_buyer',
  ],
  behaviours: [
    'behaviours_unchanged',
    'exact_duplicates',
    'without_buyer',
    'customers_updated',
    'contacts_added',
  ],
}

/** The counts of an import that are not 0, in the order they are told. */
export function told(x: Pick<Import, 'kind' | 'counts'>): { code: CountCode; value: number }[] {
  return byKind[x.kind]
    .map((code) => ({ code, value: x.counts[code] }))
    .filter(({ value }) => value > 0)
}

/**
 * Yuan as decimal text with thousands separators and sign: "-1234.5" →
 * "-¥1,234.50". Through text, because the sums carry up to five decimals.
 */
export function yuan(text: string, sign = '¥'): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return text
  const whole = (match[2] ?? '').replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return `${match[1]}${sign}${whole}.${(match[3] ?? '').padEnd(2, '0')}`
}
