import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Badge, Button, Popover } from 'antd'
import { Bell } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { useSay } from '@/kit/confirm'
import { DetailDrawer } from '@/kit/FormDrawer'
import { useFormat } from '@/kit/format'
import { useIsPhone } from '@/kit/media'
import { useMe } from '@/kit/session'
import { Bones, EmptyState, ErrorState } from '@/kit/states'
import { Relative } from '@/kit/text'
import { leadsTo, type Notice } from './notices'
import styles from './notices.module.css'

const key = ['notices'] as const

/** News for the reader: how many are unread, and on a click what they say and where they lead. */
export function NoticesButton() {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [open, setOpen] = useState(false)
  const unread = useQuery({
    queryKey: [...key, 'unread'],
    queryFn: async ({ signal }) => (await ok(api.GET('/notices/unread', { signal }))).unread,
    refetchInterval: 60_000,
    // A bell that cannot be asked is no news: pages say themselves what is wrong.
    retry: false,
  })
  const count = unread.data ?? 0
  const label = count > 0 ? t('ui_notice.unread', { count }) : t('ui_notice.title')
  const close = () => setOpen(false)
  const bell = (
    <Button
      type="text"
      aria-label={label}
      title={label}
      onClick={phone ? () => setOpen(true) : undefined}
      icon={
        <Badge count={count} size="small" overflowCount={99} offset={[2, 0]}>
          <Bell size={18} strokeWidth={1.75} />
        </Badge>
      }
    />
  )
  if (phone) {
    return (
      <>
        {bell}
        <DetailDrawer open={open} title={t('ui_notice.title')} onClose={close}>
          <List unread={count} onLeave={close} />
        </DetailDrawer>
      </>
    )
  }
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <div className={styles.popover}>
          <List title={t('ui_notice.title')} unread={count} onLeave={close} />
        </div>
      }
    >
      {bell}
    </Popover>
  )
}

function List({ title, unread, onLeave }: { title?: string; unread: number; onLeave: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const me = useMe()
  const { fail } = useSay()
  const list = useInfiniteQuery({
    queryKey: [...key, 'list'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ok(api.GET('/notices', { params: { query: { limit: 20, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  })
  const read = async (ids?: number[]) => {
    try {
      await ok(api.POST('/notices/read', { body: ids ? { ids } : {} }))
      await client.invalidateQueries({ queryKey: key })
    } catch (error) {
      fail(error)
    }
  }
  const go = (notice: Notice) => {
    const to = leadsTo(notice, me.staff.id)
    if (!notice.read_at) read([notice.id])
    if (!to) return
    onLeave()
    navigate(to)
  }
  const items = list.data?.pages.flatMap((page) => page.items)
  return (
    <section className={styles.notices} aria-label={t('ui_notice.title')}>
      <div className={styles.head}>
        {title && <h2>{title}</h2>}
        <Button type="link" size="small" disabled={unread === 0} onClick={() => read()}>
          {t('ui_notice.read_all')}
        </Button>
      </div>
      {!items && list.error && (
        <ErrorState compact error={list.error} onRetry={() => list.refetch()} />
      )}
      {!items && !list.error && <Bones rows={4} />}
      {items?.length === 0 && (
        <EmptyState compact title={t('ui_notice.none')} text={t('ui_notice.none_text')} />
      )}
      {items && items.length > 0 && (
        <ul>
          {items.map((notice) => (
            <li key={notice.id}>
              <Row notice={notice} onGo={() => go(notice)} />
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          block
          type="text"
          loading={list.isFetchingNextPage}
          onClick={() => list.fetchNextPage()}
        >
          {t('common.load_more')}
        </Button>
      )}
    </section>
  )
}

// i18n-keys: notice.*
function Row({ notice, onGo }: { notice: Notice; onGo: () => void }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const text = `notice.${notice.kind}`
  // Numbers as a reader writes them; a kind of a later version says only that there is news.
  const params = Object.fromEntries(
    Object.entries(notice.params ?? {}).map(([name, value]) => [
      name,
      typeof value === 'number' ? f.count(value) : value,
    ]),
  )
  return (
    <button type="button" className={styles.notice} onClick={onGo}>
      {!notice.read_at && (
        <span className={styles.dot} role="img" aria-label={t('ui_notice.is_unread')} />
      )}
      <span className={styles.said}>
        <span>{i18n.exists(text) ? t(text, params) : t('ui_notice.other')}</span>
        <small>
          <Relative at={notice.created_at} />
        </small>
      </span>
    </button>
  )
}
