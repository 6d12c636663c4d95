import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { pageExists } from '@/app/routes'
import { Bone, Can, Count, Day, EmptyState, LevelTag } from '@/kit'
import type { LevelReason } from './api'
import styles from './customers.module.css'

/** The level, the scheme and day it is of, and why, in sentences. */
export function LevelReasons({ level }: { level: LevelReason | null | undefined }) {
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
