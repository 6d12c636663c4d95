import { useTranslation } from 'react-i18next'
import { Bone, Day, Section, type StatusKind, StatusTag, useFormat, useMe } from '@/kit'
import { type Next, useNext } from './api'
import styles from './next.module.css'

const tones: Record<Next['sure'], StatusKind> = {
  high: 'success',
  medium: 'running',
  low: 'neutral',
  none: 'neutral',
}

/** When the next order of a customer is expected, and how sure that is. */
export function NextOrder({ id }: { id: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const query = useNext(id, !me.hides('orders'))
  if (me.hides('orders') || query.error) return null
  return (
    <Section boxed title={t('models.next.title')}>
      {query.data ? <Body next={query.data} /> : <Bone width="100%" height={72} />}
    </Section>
  )
}

// i18n-keys: models.next.sure.*
function Body({ next: n }: { next: Next }) {
  const { t } = useTranslation()
  const f = useFormat()
  const gone = n.alive !== null && n.alive < 0.1
  return (
    <div className={styles.next}>
      {n.date && !gone && (
        <p className={styles.date}>
          <Day at={n.date} />
          <StatusTag kind={tones[n.sure]}>{t(`models.next.sure.${n.sure}`)}</StatusTag>
        </p>
      )}
      <p className="zk-muted">{n.text}</p>
      {n.within_30 !== null && (
        <dl className={styles.odds}>
          <div>
            <dt>{t('models.next.within', { count: 30 })}</dt>
            <dd>{f.percent(n.within_30, 0)}</dd>
          </div>
          <div>
            <dt>{t('models.next.within', { count: 90 })}</dt>
            <dd>{f.percent(n.within_90 ?? 0, 0)}</dd>
          </div>
          {n.orders_365 !== null && (
            <div>
              <dt>{t('models.next.year')}</dt>
              <dd>
                {t('models.next.orders', { count: n.orders_365, shown: f.count(n.orders_365, 1) })}
              </dd>
            </div>
          )}
        </dl>
      )}
    </div>
  )
}
