import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { FirstUse, useMe } from '@/kit'
import styles from './runs.module.css'
import { StartRun } from './StartRun'

/** Before the first run: what grading gives, and the one button. */
export function NoRunYet() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <FirstUse
      title={t('tiers.first.title')}
      text={t('tiers.first.text')}
      points={[t('tiers.first.one'), t('tiers.first.two'), t('tiers.first.three')]}
      figure={<Picture />}
      action={
        me.can(perm.tierRun) ? (
          <div className={styles.firstActions}>
            <StartRun large />
            {me.can(perm.tierView) && <Link to="/tiering/schemes">{t('tiers.first.schemes')}</Link>}
          </div>
        ) : (
          <p className="zk-muted">{t('tiers.first.no_right')}</p>
        )
      }
    />
  )
}

// A report without words: few customers above, most of the revenue below.
function Picture() {
  const bands = [
    { tone: 1, x1: 40, w1: 52, x2: 40, w2: 250 },
    { tone: 2, x1: 95, w1: 138, x2: 293, w2: 126 },
    { tone: 3, x1: 236, w1: 244, x2: 422, w2: 58 },
  ]
  return (
    <svg viewBox="0 0 520 300" className={styles.picture} aria-hidden="true" focusable="false">
      <rect x="16" y="16" width="488" height="268" rx="12" className={styles.sheet} />
      {bands.map((b) => (
        <g key={b.tone} fill={`var(--zk-tone-${b.tone})`}>
          <rect x={b.x1} y="44" width={b.w1} height="22" rx="3" />
          <rect x={b.x2} y="130" width={b.w2} height="22" rx="3" />
          <path
            opacity="0.16"
            d={`M${b.x1} 66C${b.x1} 98 ${b.x2} 98 ${b.x2} 130H${b.x2 + b.w2}C${b.x2 + b.w2} 98 ${b.x1 + b.w1} 98 ${b.x1 + b.w1} 66Z`}
          />
        </g>
      ))}
      {[184, 214, 244].map((y, i) => (
        <g key={y}>
          <circle cx="52" cy={y + 6} r="10" fill={`var(--zk-tone-${i + 1}-soft)`} />
          <rect x="74" y={y + 1} width={92 - i * 12} height="9" rx="4.5" className={styles.ink} />
          <rect
            x="220"
            y={y + 1}
            width={150 + i * 16}
            height="9"
            rx="4.5"
            className={styles.faint}
          />
          <rect x="428" y={y + 1} width="52" height="9" rx="4.5" className={styles.faint} />
        </g>
      ))}
    </svg>
  )
}
