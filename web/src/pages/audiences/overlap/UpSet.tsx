import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/kit'
import styles from '../audiences.module.css'
import { has, type Region } from '../overlap'

/** How many columns stand side by side; the others are in the table. */
const most = 16

/**
 * The sizes of intersections as columns over a grid of dots that says which
 * audiences meet in them (UpSet, Lex et al. 2014). Columns are buttons.
 */
export function UpSet({
  sets,
  regions,
  label,
  onPick,
}: {
  sets: { id: number; name: string; size: number }[]
  regions: Region[]
  label: (region: Region) => string
  onPick?: (region: Region) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const shown = regions.slice(0, most)
  const top = shown[0]?.count ?? 0
  const largest = Math.max(1, ...sets.map((s) => s.size))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.upset} tabIndex={0}>
      <div className={styles.upsetSets}>
        {sets.map((set) => (
          <div key={set.id} className={styles.upsetSet}>
            <Link to={`/audiences/${set.id}`}>{set.name}</Link>
            <span className="zk-num zk-muted">{f.countShort(set.size)}</span>
            <span className={styles.upsetTrack} aria-hidden="true">
              <span style={{ width: `${(100 * set.size) / largest}%` }} />
            </span>
          </div>
        ))}
      </div>
      <ul className={styles.upsetColumns} aria-label={t('audiences.overlap.figure')}>
        {shown.map((region) => {
          const text = t('audiences.overlap.column', {
            names: label(region),
            count: region.count,
            shown: f.count(region.count),
          })
          const column = (
            <>
              <span className={styles.upsetBar} aria-hidden="true">
                <span className={styles.upsetCount}>{f.countShort(region.count)}</span>
                <span
                  className={styles.upsetFill}
                  style={{ height: `${Math.max(1, (100 * region.count) / top)}%` }}
                />
              </span>
              <span className={styles.upsetDots} aria-hidden="true">
                {sets.map((set, at) => (
                  <span
                    key={set.id}
                    className={has(region.mask, at) ? styles.upsetOn : styles.upsetOff}
                  />
                ))}
              </span>
            </>
          )
          return (
            <li key={region.mask}>
              {onPick ? (
                <button
                  type="button"
                  className={styles.upsetColumn}
                  aria-label={text}
                  title={text}
                  onClick={() => onPick(region)}
                >
                  {column}
                </button>
              ) : (
                <span className={styles.upsetColumn} title={text}>
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
