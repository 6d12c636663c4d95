import { useTranslation } from 'react-i18next'
import { Count } from '@/kit'
import type { Import } from './api'
import shared from './imports.module.css'
import { balances, shares } from './result'
import styles from './result.module.css'

type Sum = Pick<Import, 'rows_read' | 'accepted' | 'unchanged' | 'rejected'>

const parts = ['accepted', 'unchanged', 'rejected'] as const

// i18n-keys: imports.sum.*
/**
 * What became of the rows: read = written + unchanged + rejected, as a bar and
 * in numbers. `short` is for a cell of a table.
 */
export function SumBar({ of, short }: { of: Sum; short?: boolean }) {
  const { t } = useTranslation()
  const widths = shares(parts.map((part) => of[part]))
  const bar = (
    <div className={`${styles.bar} ${short ? styles.barShort : ''}`} aria-hidden="true">
      {parts.map(
        (part, i) =>
          of[part] > 0 && (
            <span key={part} className={styles[part]} style={{ width: `${widths[i]}%` }} />
          ),
      )}
    </div>
  )
  if (short) {
    if (of.rows_read === 0) return <span className="zk-muted">–</span>
    return (
      <div className={styles.short}>
        {bar}
        <div className={styles.shortText}>
          {parts.map(
            (part) =>
              of[part] > 0 && (
                <span key={part} className={part === 'rejected' ? shared.bad : undefined}>
                  {t(`imports.sum.${part}`)} <Count value={of[part]} short />
                </span>
              ),
          )}
        </div>
      </div>
    )
  }
  return (
    <div className={styles.sum}>
      <dl className={styles.equation}>
        <div>
          <dt>{t('imports.sum.read')}</dt>
          <dd>
            <Count value={of.rows_read} />
          </dd>
        </div>
        {parts.map((part, i) => (
          <div key={part}>
            <span className={styles.sign} aria-hidden="true">
              {i === 0 ? '=' : '+'}
            </span>
            <dt>
              <span className={`${styles.mark} ${styles[part]}`} aria-hidden="true" />
              {t(`imports.sum.${part}`)}
            </dt>
            <dd className={part === 'rejected' && of.rejected > 0 ? shared.bad : undefined}>
              <Count value={of[part]} />
            </dd>
          </div>
        ))}
      </dl>
      {bar}
      <p className={styles.sumNote}>
        {balances(of) ? t('imports.sum.note') : t('imports.sum.broken')}
      </p>
    </div>
  )
}
