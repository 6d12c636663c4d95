import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat, useMe } from '@/kit'
import { queryCustomers } from '@/pages/customers/list/api'
import {
  binds,
  outsideFilter,
  outsideHref,
  useBoundsText,
  useFields,
  useLabel,
} from '@/pages/customers/record/fields'
import styles from './quality.module.css'

/**
 * Leads to the list of each field that has bounds, which shows the numbers
 * themselves; says the bounds, and how many lie outside as soon as that is known.
 */
export function ByField() {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const label = useLabel()
  const text = useBoundsText()
  const fields = (useFields().data ?? []).filter(
    (x) => !x.retired && binds(x.bounds) && !me.hides(`f.${x.code}`),
  )
  const counts = useQueries({
    queries: fields.map((x) => ({
      queryKey: ['customers', 'outside', x.code, x.bounds],
      retry: false,
      staleTime: 30_000,
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await queryCustomers({ filter: outsideFilter(x.code, x.bounds), limit: 1 }, signal)).total,
    })),
  })
  if (fields.length === 0) return null
  return (
    <p className={styles.fields}>
      <span className="zk-muted">{t('quality.by_field')}</span>
      {fields.map((x, i) => {
        const count = counts[i]?.data
        const names = { field: label(x.name), bounds: text(x) }
        return (
          <Link key={x.id} to={outsideHref(x.code, x.bounds)}>
            {typeof count === 'number'
              ? t('quality.of_field_count', { ...names, count, shown: f.count(count) })
              : t('quality.of_field', names)}
          </Link>
        )
      })}
    </p>
  )
}
