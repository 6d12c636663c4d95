import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/kit'
import { type FigureProps, has } from '../overlap'
import styles from './overlap.module.css'

/** How many columns stand side by side; the others are in the table. */
const most = 16

/**
 * The sizes of intersections as columns over a grid of dots that says which
 * audiences meet in them (UpSet, Lex et al. 2014). Columns are buttons.
 */
export function UpSet({ sets, regions, label, onPick }: FigureProps) {
  const { t } = useTranslation()
  const f = useFormat()
  const shown = regions.slice(0, most)
  const top = shown[0]?.count ?? 0
  const largest = Math.max(1, ...sets.map((s) => s.size))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.upset} tabIndex={0}>
      <div className={styles.sets}>
        {sets.map((set) => (
          <div key={set.id} className={styles.set}>
            <Link to={`/audiences/${set.id}`}>{set.name}</Link>
            <span className="zk-num zk-muted">{f.countShort(set.size)}</span>
            <span className={styles.track} aria-hidden="true">
              <span style={{ width: `${(100 * set.size) / largest}%` }} />
            </span>
          </div>
        ))}
      </div>
      <ul className={styles.columns} aria-label={t('audiences.overlap.figure')}>
        {shown.map((region) => {
          const text = t('audiences.overlap.column', {
            names: label(region),
            count: region.count,
            shown: f.count(region.count),
          })
          const column = (
            <>
              <span className={styles.bar} aria-hidden="true">
                <span className={styles.count}>{f.countShort(region.count)}</span>
                <span
                  className={styles.fill}
                  style={{ height: `${Math.max(1, (100 * region.count) / top)}%` }}
                />
              </span>
              <span className={styles.dots} aria-hidden="true">
                {sets.map((set, at) => (
                  <span key={set.id} className={has(region.mask, at) ? styles.on : styles.off} />
                ))}
              </span>
            </>
          )
          return (
            <li key={region.mask}>
              {onPick ? (
                <button
                  type="button"
                  className={styles.column}
                  aria-label={text}
                  title={text}
                  onClick={() => onPick(region)}
                >
                  {column}
                </button>
              ) : (
                <span className={styles.column} title={text}>
                  {column}
                  <span className="zk-sr">{text}</span>
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
