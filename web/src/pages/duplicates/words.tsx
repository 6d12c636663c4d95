import { useTranslation } from 'react-i18next'
import { LevelTag, Money, useFormat } from '@/kit'
import type { Pair, PairSide, Reason } from './api'
import styles from './duplicates.module.css'

/** One of the two: who it is, how reached, what bought. */
export function SideFacts({ side }: { side: PairSide }) {
  const { t } = useTranslation()
  const c = side.card
  return (
    <div className={styles.side}>
      <div className={styles.name}>
        {side.name} {c?.level && <LevelTag level={c.level} />}
      </div>
      {c ? (
        <div className={styles.facts}>
          {[c.phone, c.email, c.city].filter(Boolean).join(' · ') || t('duplicates.no_contact')}
          {c.orders_all !== undefined && ` · ${t('duplicates.orders', { count: c.orders_all })}`}
          {c.net_all_fen !== undefined && (
            <>
              {' '}
              <Money fen={c.net_all_fen} />
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

// i18n-keys: dedupe.field.*, dedupe.level.*
function useReason() {
  const { t, i18n } = useTranslation()
  return (r: Reason) => {
    const field = `dedupe.field.${r.field.replaceAll('.', '_')}`
    const level = `dedupe.level.${r.level}`
    return `${i18n.exists(field) ? t(field) : r.field} ${i18n.exists(level) ? t(level) : r.level}`
  }
}
