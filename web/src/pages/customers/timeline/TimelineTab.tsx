import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Bone, Day, EmptyState, ErrorState } from '@/kit'
import { loadHistory } from './api'
import { EntryRow } from './EntryRow'
import { byDay, bySource, sourceOf, toggleKind } from './history'
import styles from './timeline.module.css'

/** Everything that happened to a customer, newest first; what is chosen stands in the address. */
export default function TimelineTab({ id, onWrite }: { id: number; onWrite?: () => void }) {
  const { t } = useTranslation()
  const [params] = useSearchParams()
  const kind = params.get('kind') ?? ''
  const query = useInfiniteQuery({
    queryKey: ['customers', 'timeline', id, kind],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => loadHistory(id, kind, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  })
  const entries = query.data?.pages.flatMap((page) => page.items) ?? []
  const kinds = query.data?.pages[0]?.kinds ?? []
  if (query.isPending) return <Skeleton />
  if (query.error && !query.data)
    return <ErrorState error={query.error} onRetry={() => query.refetch()} />
  return (
    <div className={styles.tab}>
      <Filter kinds={kinds} chosen={kind ? kind.split(',') : []} />
      {entries.length === 0 ? (
        <EmptyState
          title={t(kind ? 'timeline.none_of_kind' : 'timeline.none')}
          text={t(kind ? 'timeline.none_of_kind_text' : 'timeline.none_text')}
          action={
            !kind && onWrite ? (
              <Button type="primary" onClick={onWrite}>
                {t('note.write')}
              </Button>
            ) : undefined
          }
        />
      ) : (
        <div
          className={query.isPlaceholderData ? styles.stale : undefined}
          aria-busy={query.isPlaceholderData}
        >
          {byDay(entries).map((group) => (
            <section key={group.day} className={styles.day}>
              <h2 className={styles.dayHead}>
                <Day at={group.day} />
              </h2>
              <ol className={styles.entries}>
                {group.entries.map((entry) => (
                  <EntryRow key={`${entry.source}-${entry.id}`} entry={entry} customer={id} />
                ))}
              </ol>
            </section>
          ))}
        </div>
      )}
      {query.error ? (
        <ErrorState compact error={query.error} onRetry={() => query.fetchNextPage()} />
      ) : (
        query.hasNextPage && (
          <More busy={query.isFetchingNextPage} onMore={() => query.fetchNextPage()} />
        )
      )}
    </div>
  )
}

// i18n-keys: timeline.source.*, timeline.kind.*
function Filter({ kinds, chosen }: { kinds: Parameters<typeof bySource>[0]; chosen: string[] }) {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const groups = bySource(kinds)
  const open = sourceOf(groups, chosen)
  const choose = (next: string[]) => {
    const to = new URLSearchParams(params)
    if (next.length) to.set('kind', next.join(','))
    else to.delete('kind')
    setParams(to, { replace: true, preventScrollReset: true })
  }
  return (
    <div className={styles.filter}>
      <fieldset className={styles.chips} aria-label={t('timeline.filter')}>
        <Chip pressed={chosen.length === 0} onPress={() => choose([])}>
          {t('common.all')}
        </Chip>
        {groups.map((g) => (
          <Chip
            key={g.source}
            pressed={open?.source === g.source}
            onPress={() => choose(open?.source === g.source ? [] : g.kinds)}
          >
            {t(`timeline.source.${g.source}`)}
          </Chip>
        ))}
      </fieldset>
      {open && open.kinds.length > 1 && (
        <fieldset className={styles.chips} aria-label={t(`timeline.source.${open.source}`)}>
          {open.kinds.map((k) => (
            <Chip
              key={k}
              small
              pressed={chosen.length < open.kinds.length && chosen.includes(k)}
              onPress={() => choose(toggleKind(open, chosen, k))}
            >
              {t(`timeline.kind.${k}`)}
            </Chip>
          ))}
        </fieldset>
      )}
    </div>
  )
}

function Chip({
  pressed,
  small,
  onPress,
  children,
}: {
  pressed: boolean
  small?: boolean
  onPress: () => void
  children: string
}) {
  return (
    <button
      type="button"
      className={`${styles.chip} ${small ? styles.chipSmall : ''}`}
      aria-pressed={pressed}
      onClick={onPress}
    >
      {children}
    </button>
  )
}

/** Loads on when it comes into sight; a button for the keyboard. */
function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const more = useRef(onMore)
  more.current = onMore
  useEffect(() => {
    const element = place.current
    if (!element || busy || typeof IntersectionObserver === 'undefined') return
    const watch = new IntersectionObserver(
      (seen) => seen.some((s) => s.isIntersecting) && more.current(),
      { rootMargin: '400px' },
    )
    watch.observe(element)
    return () => watch.disconnect()
  }, [busy])
  return (
    <div ref={place} className={styles.more}>
      <Button loading={busy} onClick={onMore}>
        {t('timeline.more')}
      </Button>
    </div>
  )
}

function Skeleton() {
  return (
    <div className={styles.tab} aria-busy="true">
      <Bone width={360} height={32} />
      {[64, 48, 72, 56, 40].map((width) => (
        <div key={width} className={styles.bone}>
          <Bone width={120} />
          <Bone width={`${width}%`} />
        </div>
      ))}
    </div>
  )
}
