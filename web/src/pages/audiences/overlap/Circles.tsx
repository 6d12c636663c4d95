import { useTranslation } from 'react-i18next'
import { useFormat } from '@/kit'
import { circles, type FigureProps } from '../overlap'
import styles from './overlap.module.css'

/** Two audiences as circles, their areas and what they share true to size; the parts beside them are buttons. */
export function Circles({ sets, regions, label, onPick }: FigureProps) {
  const { t } = useTranslation()
  const f = useFormat()
  const count = (mask: number) => regions.find((r) => r.mask === mask)?.count ?? 0
  const parts = [1, 3, 2].map((mask) => ({ mask, count: count(mask) }))
  const [first, second] = [count(1) + count(3), count(2) + count(3)]
  const { a, b, d } = circles(first, second, count(3))
  const [left, right] = [Math.min(-a, d - b), Math.max(a, d + b)]
  const top = Math.max(a, b)
  // Room for the lines.
  const rim = (right - left) / 100
  return (
    <div className={styles.pair}>
      <svg
        className={styles.circles}
        viewBox={[left - rim, -top - rim, right - left + 2 * rim, 2 * (top + rim)].join(' ')}
        aria-hidden="true"
      >
        {first > 0 && <circle className={styles.first} cx={0} cy={0} r={a} />}
        {second > 0 && <circle className={styles.second} cx={d} cy={0} r={b} />}
      </svg>
      <ul className={styles.parts} aria-label={t('audiences.overlap.figure')}>
        {parts.map((part) => {
          const body = (
            <>
              <span className={`${styles.mark} ${styles[`mark${part.mask}`]}`} aria-hidden="true" />
              <span>
                {label(part)}
                {part.mask === 3 && part.count > 0 && (
                  <small>
                    {t('audiences.overlap.both_share', {
                      first: sets[0]?.name,
                      ofFirst: f.percent(count(3) / first),
                      second: sets[1]?.name,
                      ofSecond: f.percent(count(3) / second),
                    })}
                  </small>
                )}
              </span>
              <span className={`${styles.number} zk-num`}>{f.count(part.count)}</span>
            </>
          )
          return (
            <li key={part.mask}>
              {onPick && part.count > 0 ? (
                <button type="button" className={styles.part} onClick={() => onPick(part)}>
                  {body}
                </button>
              ) : (
                <span className={styles.part}>{body}</span>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
