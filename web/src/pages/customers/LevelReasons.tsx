import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { pageExists } from '@/app/routes'
import { Bone, Can, Count, Day, EmptyState, LevelTag } from '@/kit'
import type { DimensionLevel, LevelReason } from './api'
import styles from './customers.module.css'

/** The levels of every dimension and why; value stands first and, where it is alone, without its name. */
export function AllLevels({ levels }: { levels: DimensionLevel[] | undefined }) {
  const { t } = useTranslation()
  const graded = levels?.filter((d) => d.level) ?? []
  if (!levels || graded.length === 0) return <LevelReasons level={null} />
  if (levels.length === 1) return <LevelReasons level={levels[0]?.level} />
  const without = levels.filter((d) => !d.level)
  return (
    <div className={styles.dimensions}>
      {graded.map((d) => (
        <section key={d.code} aria-label={d.name}>
          <h3>{d.name}</h3>
          <LevelReasons level={d.level} advice={d.code !== 'value'} />
        </section>
      ))}
      {without.length > 0 && (
        <p className="zk-muted">
          {t('ui_dimension.level.none', {
            names: without.map((d) => d.name).join(t('ui_list.comma')),
          })}
        </p>
      )}
    </div>
  )
}

/** The level, the scheme and day it is of, and why, in sentences. */
export function LevelReasons({
  level,
  advice,
}: {
  level: LevelReason | null | undefined
  /** Says what the level advises, too; that of value has a card of its own. */
  advice?: boolean
}) {
  const { t, i18n } = useTranslation()
  if (!level) {
    return (
      <EmptyState
        compact
        icon={null}
        title={t('customers.level.none')}
        text={t('customers.level.none_text')}
        action={
          pageExists('/tiering/runs') && (
            <Can permission={perm.tierRun}>
              <Link to="/tiering/runs">{t('customers.level.run')}</Link>
            </Can>
          )
        }
      />
    )
  }
  // Texts of reasons belong to grading; one that this build lacks is not shown as a key.
  const reasons = (level.reasons ?? []).filter((r) => i18n.exists(r.key))
  return (
    <div className={styles.level}>
      <div className={styles.levelHead}>
        <LevelTag level={level} />
        {level.score != null && (
          <span>
            {t('customers.level.score')} <Count value={level.score} digits={1} />
          </span>
        )}
        <span className="zk-muted">
          {level.scheme_name} · {t('customers.level.as_of')} <Day at={level.as_of} />
        </span>
      </div>
      {reasons.length > 0 && (
        <ul className={styles.reasons}>
          {reasons.map((reason, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice, the order is fixed
            <li key={i}>
              <Check size={15} aria-hidden="true" />
              <span>{t(reason.key, { ...reason.params })}</span>
            </li>
          ))}
        </ul>
      )}
      {advice && level.advice && <p className="zk-muted">{level.advice}</p>}
    </div>
  )
}

export function LevelBones() {
  return (
    <div className={styles.level} aria-busy="true">
      <Bone width={96} height={22} />
      <Bone width="80%" />
      <Bone width="64%" />
    </div>
  )
}
