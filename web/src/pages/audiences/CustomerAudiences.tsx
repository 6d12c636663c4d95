import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { Bone, ErrorState, Section, useMe } from '@/kit'
import { useAudiencesOf } from './api'
import styles from './audiences.module.css'

/** The audiences in use that a customer belongs to, on the customer's page. */
export function CustomerAudiences({ id }: { id: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const may = me.can(perm.audienceView)
  const query = useAudiencesOf(id, may)
  if (!may) return null
  const data = query.data
  return (
    <Section title={t('nav.audiences')} boxed>
      {query.error && !data ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : !data ? (
        <Bone width={180} height={22} />
      ) : (
        <>
          {data.items.length > 0 ? (
            <ul className={styles.chips}>
              {data.items.map((a) => (
                <li key={a.id}>
                  <Link to={`/audiences/${a.id}`} className={styles.chip}>
                    {a.name}
                  </Link>
                </li>
              ))}
            </ul>
          ) : (
            <p className="zk-muted">{t('audiences.of_none')}</p>
          )}
          {data.unknown.length > 0 && (
            <p className="zk-muted">{t('audiences.of_unknown', { count: data.unknown.length })}</p>
          )}
        </>
      )}
    </Section>
  )
}
