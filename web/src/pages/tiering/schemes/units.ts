import type { FieldMetric, Metric, Op, ShippedMetric } from '../api'

/** How a number of a scheme is written and typed. */
export type Unit =
  | 'yuan'
  | 'orders'
  | 'percent'
  | 'months'
  | 'days'
  | 'times'
  | 'pieces'
  | 'people'
  | 'points'
  // A custom field has a unit of its own.
  | FieldMetric

/** Every figure, in the order in which a choice shows them. */
export const metrics: ShippedMetric[] = [
  'spend',
  'orders',
  'aov',
  'repurchase_rate',
  'months_active',
  'recency_days',
  'tenure_days',
  'orders_all',
  'spend_all',
  'growth',
  'unpaid_carts',
  'rating',
  'rhythm',
  'growth_industry',
  'referrals',
  'p_alive',
  'expected_orders',
  'clv',
  'p_churn',
]

export const isField = (metric: Metric): metric is FieldMetric => metric.startsWith('f.')

/** The figures that come from the company's models. */
export const byModel = (metric: Metric) =>
  metric === 'p_alive' || metric === 'expected_orders' || metric === 'clv' || metric === 'p_churn'

/** Of a probability of leaving, the best level has the least. */
export const lessIsBetter = (metric: Metric) => metric === 'p_churn'

const ofMetric: Record<ShippedMetric, Unit> = {
  spend: 'yuan',
  orders: 'orders',
  aov: 'yuan',
  repurchase_rate: 'percent',
  months_active: 'months',
  recency_days: 'days',
  tenure_days: 'days',
  orders_all: 'orders',
  spend_all: 'yuan',
  growth: 'percent',
  unpaid_carts: 'pieces',
  rating: 'points',
  rhythm: 'times',
  growth_industry: 'percent',
  referrals: 'people',
  p_alive: 'percent',
  expected_orders: 'orders',
  clv: 'yuan',
  p_churn: 'percent',
}

/** The unit of a figure itself. */
export const metricUnit = (metric: Metric): Unit => (isField(metric) ? metric : ofMetric[metric])

/** The unit of the number a condition compares with. */
export function valueUnit(metric: Metric, op: Op): Unit {
  if (op === 'mean_mul') return 'times'
  if (op === 'top_share' || op === 'rev_share') return 'percent'
  return metricUnit(metric)
}

/** The operators a figure can be compared by: a share of revenue makes sense for spend only. */
export function opsOf(metric: Metric): Op[] {
  const all: Op[] = ['at_least', 'at_most', 'mean_mul', 'top_share']
  return metric === 'spend' ? [...all, 'rev_share'] : all
}

// 0.07 × 100 is 7.000000000000001 in binary; twelve digits are more than anybody types.
const tidy = (n: number) => Number(n.toPrecision(12))

/** A number of the scheme as it stands in the field: shares as per cent. */
export const toField = (value: number, unit: Unit) =>
  unit === 'percent' ? tidy(value * 100) : value

/** What was typed, as a number of the scheme. */
export const fromField = (value: number, unit: Unit) =>
  unit === 'percent' ? tidy(value / 100) : value

/** A sensible number when figure or operator changes, in the scheme's unit. */
export function usualValue(metric: Metric, op: Op): number {
  if (op === 'mean_mul') return 1.5
  if (op === 'top_share') return 0.2
  if (op === 'rev_share') return 0.8
  if (isField(metric)) return 1
  const usual: Record<ShippedMetric, number> = {
    spend: 1000,
    orders: 2,
    aov: 200,
    repurchase_rate: 0.5,
    months_active: 3,
    recency_days: 90,
    tenure_days: 365,
    orders_all: 1,
    spend_all: 1000,
    growth: 0.2,
    unpaid_carts: 3,
    rating: 4,
    rhythm: 2,
    growth_industry: 0.1,
    referrals: 1,
    p_alive: 0.5,
    expected_orders: 1,
    clv: 1000,
    p_churn: 0.5,
  }
  return usual[metric]
}
