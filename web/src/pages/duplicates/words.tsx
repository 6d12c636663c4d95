import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { LevelTag, Money, useFormat } from '@/kit'
import type { Pair, PairSide, Reason } from './api'
import styles from './duplicates.module.css'

/** One of the two: who it is, how reached, what bought. */
export function SideFacts({ side }: { side: PairSide }) {
  const { t } = useTranslation()
  const c = side.card
  const facts = [c?.phone, c?.email, c?.city].filter((fact) => !!fact)
  return (
    <div className={styles.side}>
      <div className={styles.name}>
        {side.name} {c?.level && <LevelTag level={c.level} />}
      </div>
      {c ? (
        <div className={styles.facts}>
          {facts.length === 0 && t('duplicates.no_contact')}
          {/* A separator stands before what follows it, never at the end of a line. */}
          {facts.map((fact, i) => (
            <Fragment key={fact}>
              {i > 0 && ' '}
              <span className={styles.whole}>
                {i > 0 && '· '}
                {fact}
              </span>
            </Fragment>
          ))}
          {c.orders_all !== undefined && (
            <>
              {' '}
              <span className={styles.whole}>
                {'· '}
                {t('duplicates.orders', { count: c.orders_all })}
                {c.net_all_fen !== undefined && (
                  <>
                    {' '}
                    <Money fen={c.net_all_fen} />
                  </>
                )}
              </span>
            </>
          )}
        </div>
      ) : (
        <div className={styles.facts}>{t('duplicates.not_visible')}</div>
      )}
    </div>
  )
}

/** The score as a share and a bar; the word says how sure. */
export function Score({ score }: { score: number }) {
  const { t } = useTranslation()
  const f = useFormat()
  const sure = score >= 0.99 ? 'certain' : score >= 0.9 ? 'sure' : 'maybe'
  // i18n-keys: duplicates.sure.*
  return (
    <div className={styles.score}>
      <span className="zk-num">{f.percent(score)}</span>
      <span className={styles.bar} aria-hidden="true">
        <span className={`${styles.fill} ${styles[`w${Math.round(score * 10)}`]}`} />
      </span>
      <span className="zk-muted">{t(`duplicates.sure.${sure}`)}</span>
    </div>
  )
}

/** Who stays of two by default, and who goes: the one with more orders, of equals the older. */
export function stays(pair: Pair): [PairSide, PairSide] {
  const more = (pair.b.card?.orders_all ?? 0) > (pair.a.card?.orders_all ?? 0)
  return more ? [pair.b, pair.a] : [pair.a, pair.b]
}

// i18n-keys: duplicates.key.*
/** The keys that work here, each with what it does. */
export function Keys({ of }: { of: string[] }) {
  const { t } = useTranslation()
  return (
    <ul className={styles.keys} aria-label={t('duplicates.keys')}>
      {of.map((key) => (
        <li key={key}>
          <kbd>{key === 'enter' ? '↵' : key.toUpperCase()}</kbd> {t(`duplicates.key.${key}`)}
        </li>
      ))}
    </ul>
  )
}

const shown = 4

/** What speaks for one customer and what against it, the weightiest first. */
export function Reasons({ pair, all }: { pair: Pair; all?: boolean }) {
  const word = useReason()
  const list = all ? pair.reasons : pair.reasons.slice(0, shown)
  return (
    <ul className={styles.reasons}>
      {list.map((r) => (
        <li key={r.field} className={r.bits >= 0 ? styles.for : styles.against}>
          {word(r)}
        </li>
      ))}
    </ul>
  )
}

// i18n-keys: dedupe.field.*, dedupe.level.*, dedupe.household
function useReason() {
  const { t, i18n } = useTranslation()
  return (r: Reason) => {
    if (r.code === 'dedupe.household') return t('dedupe.household')
    const field = `dedupe.field.${r.field.replaceAll('.', '_')}`
    const level = `dedupe.level.${r.level}`
    return `${i18n.exists(field) ? t(field) : r.field} ${i18n.exists(level) ? t(level) : r.level}`
  }
}
