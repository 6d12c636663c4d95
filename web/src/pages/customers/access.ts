// Which field of customers a part of the lists tells of, as the field access of roles calls it.

const regions = ['region', 'province', 'city']

/** The key of a field of lists; that of a field that no role restricts names nothing. */
export function keyOfCode(code: string): string {
  if (regions.includes(code)) return 'region'
  if (/^(net|aov)_/.test(code) || code === 'model_clv') return 'spend'
  if (
    /^(orders|model)_/.test(code) ||
    [
      'last_day',
      'first_day',
      'days_since',
      'next_order_day',
      'last_behaviour_day',
      'carts_90',
      'views_90',
      'favourite_category',
      'favourite_brand',
      'similar_category',
      'price_sensitivity',
    ].includes(code)
  ) {
    return 'orders'
  }
  return code.replace(/^has_/, '')
}
