import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { region } from '../words'
import { type Candidate, type Probe, useSimilar } from './api'
import { worthAsking } from './probe'
import styles from './record.module.css'

const pause = 400

/** A value some time after it has stopped to change. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  const key = JSON.stringify(value)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the value
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [key, ms])
  return settled
}

// i18n-keys: record.similar.*
/** While somebody types a new customer: who exists already, why, and whose it is. */
export function Similar({ probe }: { probe: Probe }) {
  const { t } = useTranslation()
  const settled = useSettled(worthAsking(probe), pause)
  const query = useSimilar(settled)
  const list = settled ? (query.data ?? []) : []
  return (
    <div aria-live="polite">
      {list.length > 0 && (
        <div className={styles.similar}>
          <strong>{t('record.similar.title', { count: list.length })}</strong>
          <ul>
            {list.slice(0, 5).map((c, i) => (
              <SimilarRow key={c.item?.id ?? `n${i}`} candidate={c} />
            ))}
          </ul>
          {list.length > 5 && (
            <p className="zk-muted">{t('record.similar.more', { count: list.length - 5 })}</p>
          )}
        </div>
      )}
      {query.error && settled && <p className="zk-muted">{t('record.similar.failed')}</p>}
    </div>
  )
}

// i18n-keys: record.similar.why.*
function SimilarRow({ candidate: { name, why, item } }: { candidate: Candidate }) {
  const { t } = useTranslation()
  const reasons = why.map((code) => t(`record.similar.why.${code}`)).join('、')
  return (
    <li>
      <div>
        {item ? (
          // In a tab of its own: what is typed here stays.
          <Link to={`/customers/${item.id}`} target="_blank" rel="noopener">
            {name || `#${item.id}`}
          </Link>
        ) : (
          <span>{name}</span>
        )}{' '}
        <span className={styles.why}>{reasons}</span>
      </div>
      <div className="zk-muted">
        {item
          ? [
              item.phone,
              region(item),
              item.owner
                ? t('record.similar.owner', { name: item.owner.name })
                : t('record.similar.pool'),
            ]
              .filter(Boolean)
              .join(' · ')
          : t('record.similar.hidden')}
      </div>
    </li>
  )
}
