import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { LogIn, LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bones, DateTime, EmptyState, ErrorState, Section } from '@/kit'
import { useName } from '../../customers/words'
import { type FullAudience, key, listChanges } from '../api'
import styles from './detail.module.css'

/** Who came and who went, the newest first. */
export default function Changes({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const name = useName()
  const query = useInfiniteQuery({
    queryKey: [...key, 'changes', audience.id],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) => listChanges(audience.id, pageParam, signal),
    getNextPageParam: (page) => (page.more ? page.next_cursor : undefined),
    refetchInterval: 15_000,
  })
  const rows = query.data?.pages.flatMap((page) => page.items)
  return (
    <Section title={t('audiences.tab.changes')} note={t('audiences.changes.note')}>
      {query.error && !rows ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : !rows ? (
        <Bones rows={6} />
      ) : rows.length === 0 ? (
        <EmptyState
          compact
          title={t('audiences.changes.none')}
          text={t('audiences.changes.none_text')}
        />
      ) : (
        <>
          <ul className={styles.feed}>
            {rows.map((change) =>
              change.customer_id === 0 ? (
                <li key={change.seq}>
                  <span className="zk-muted">
                    {t(change.entered ? 'audiences.changes.began' : 'audiences.changes.ended')}
                  </span>
                  <span className={styles.feedEnd}>
                    <DateTime at={change.at} relative />
                  </span>
                </li>
              ) : (
                <li key={change.seq}>
                  <span className={change.entered ? styles.came : styles.went}>
                    {change.entered ? (
                      <LogIn size={15} aria-hidden="true" />
                    ) : (
                      <LogOut size={15} aria-hidden="true" />
                    )}
                    {t(change.entered ? 'audiences.entered' : 'audiences.left')}
                  </span>
                  <Link to={`/customers/${change.customer_id}`}>
                    {name({ id: change.customer_id, name: change.name })}
                  </Link>
                  <span className={styles.feedEnd}>
                    <DateTime at={change.at} relative />
                  </span>
                </li>
              ),
            )}
          </ul>
          {query.hasNextPage && (
            <Button loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              {t('audiences.more')}
            </Button>
          )}
        </>
      )}
    </Section>
  )
}
