import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { Section, useFormat, useMe } from '@/kit'

/** The category that similar customers bought and this one did not; nothing where there is none. */
export function Similar({ id }: { id: number }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const shown = !me.hides('orders')
  const { data } = useQuery({
    queryKey: ['customers', 'suggestion', id, i18n.language],
    enabled: shown,
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/suggestion', { params: { path: { id } }, signal })),
  })
  if (!shown || !data?.category) return null
  return (
    <Section boxed title={t('affinity.title')}>
      <p>
        <strong>{data.category}</strong>
      </p>
      <p>{data.text}</p>
      <p className="zk-muted">
        {t('affinity.basis', {
          buyers: f.count(data.buyers),
          both: f.count(data.both),
          from: data.from ?? '',
          to: data.as_of ?? '',
          found: f.dateTime(data.found_at ?? 0),
        })}
      </p>
    </Section>
  )
}
