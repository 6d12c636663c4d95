import { useTranslation } from 'react-i18next'
import { useFormat } from '@/kit'
import type { Explanation, Scheme } from '../api'
import { tonesOf } from '../report/figures'
import styles from './reason.module.css'

/** The score on its scale of levels, and the parts it is made of. */
export function ScoreParts({ e, scheme }: { e: Explanation; scheme?: Scheme }) {
  const { t } = useTranslation()
  const f = useFormat()
  const score = e.score ?? 0
  const parts = e.parts ?? []
  return (
    <div className={styles.groups}>
      <div className={styles.total}>
        <strong className="zk-num">{f.count(score, 1)}</strong>
        <span className="zk-muted">{t('tiers.reason.of_100')}</span>
      </div>
      {scheme?.score && <Scale score={score} scheme={scheme} />}
      <ul className={styles.parts}>
        {parts.map((p) => (
          <li key={p.name}>
            <div className={styles.partHead}>
              <span>{p.name}</span>
              <span className="zk-muted">
                {t('tiers.reason.weight', { weight: f.percent(p.weight, 0) })}
              </span>
            </div>
            <div className={styles.partBar}>
              <span className={styles.meter} aria-hidden="true">
                <span style={{ width: `${Math.min(100, Math.max(0, p.points))}%` }} />
              </span>
              <b className="zk-num">{f.count(p.points, 1)}</b>
            </div>
            <div className={styles.numbers}>
              {t('tiers.reason.adds', { points: f.count(p.points * p.weight, 1) })}
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** 0–100 in the colours of the levels, with the place of the score. */
function Scale({ score, scheme }: { score: number; scheme: Scheme }) {
  const f = useFormat()
  const cuts = scheme.score?.cuts ?? []
  const tones = tonesOf(scheme.levels)
  // From the least level on the left to the best on the right.
  const bands = scheme.levels
    .map((level, i) => ({
      level,
      from: cuts[i] ?? 0,
      to: i === 0 ? 100 : (cuts[i - 1] ?? 100),
    }))
    .reverse()
  return (
    <div className={styles.scale}>
      <div className={styles.bands} aria-hidden="true">
        {bands.map(({ level, from, to }) => (
          <span
            key={level.code}
            style={{
              width: `${Math.max(0, to - from)}%`,
              background: `var(--zk-tone-${tones.get(level.code) ?? 0})`,
            }}
          />
        ))}
        <i style={{ left: `${Math.min(100, Math.max(0, score))}%` }} />
      </div>
      <ul className={styles.bandNames}>
        {bands.map(({ level, from, to }) => (
          <li key={level.code} style={{ width: `${Math.max(0, to - from)}%` }}>
            {level.name}
            <small>
              {f.count(from, 1)}–{f.count(to, 1)}
            </small>
          </li>
        ))}
      </ul>
    </div>
  )
}
