import { Button } from 'antd'
import { CloudOff, FileQuestion, Inbox, Lock, RefreshCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { asApiError } from '@/api/errors'
import styles from './states.module.css'

interface StateProps {
  icon?: ReactNode
  title: ReactNode
  /** Why it is so. */
  text?: ReactNode
  /** What to do now. */
  action?: ReactNode
  /** Small print: codes and ids to quote. */
  small?: ReactNode
  compact?: boolean
  role?: 'alert' | 'status'
}

function State({ icon, title, text, action, small, compact, role }: StateProps) {
  return (
    <div className={`${styles.state} ${compact ? styles.compact : ''}`} role={role}>
      {icon && (
        <div className={styles.icon} aria-hidden="true">
          {icon}
        </div>
      )}
      <div className={styles.title}>{title}</div>
      {text && <div className={styles.text}>{text}</div>}
      {action && <div className={styles.action}>{action}</div>}
      {small && <div className={styles.small}>{small}</div>}
    </div>
  )
}

/** A list or figure without content: says why, and how to widen. */
export function EmptyState(props: Omit<StateProps, 'role'>) {
  return <State icon={<Inbox size={28} strokeWidth={1.5} />} {...props} />
}

/** First use of a page: what it is, what it gives (up to three points), one button. */
export function FirstUse({
  title,
  text,
  points,
  figure,
  action,
}: {
  title: ReactNode
  text: ReactNode
  points?: ReactNode[]
  figure?: ReactNode
  action: ReactNode
}) {
  return (
    <div className={styles.first}>
      <div className={styles.firstBody}>
        <h2 className={styles.firstTitle}>{title}</h2>
        <p className={styles.firstText}>{text}</p>
        {points && (
          <ol className={styles.points}>
            {points.map((point, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the points never change order
              <li key={i}>
                <span aria-hidden="true">{i + 1}</span>
                <div>{point}</div>
              </li>
            ))}
          </ol>
        )}
        <div className={styles.action}>{action}</div>
      </div>
      {figure && <div className={styles.figure}>{figure}</div>}
    </div>
  )
}

/** No right to see this: which right is missing and whom to ask. */
export function NoPermission({ permission, text }: { permission?: string; text?: string }) {
  const { t, i18n } = useTranslation()
  const key = `permission.${permission}`
  const name = permission && i18n.exists(key) ? t(key) : permission
  return (
    <State
      icon={<Lock size={28} strokeWidth={1.5} />}
      title={t('ui.no_permission.title')}
      text={
        text ??
        (name ? t('ui.no_permission.text_named', { permission: name }) : t('ui.no_permission.text'))
      }
      action={
        <Link to="/" className={styles.link}>
          {t('ui.go_home')}
        </Link>
      }
      small={permission ? t('common.error_code', { code: permission }) : undefined}
    />
  )
}

/** Nothing at this address, or nothing this person may know of; `back` is where others of its kind are. */
export function NotFound({ what, back }: { what?: string; back?: { label: string; to: string } }) {
  const { t } = useTranslation()
  return (
    <State
      icon={<FileQuestion size={28} strokeWidth={1.5} />}
      title={what ? t('ui.not_found.title_named', { what }) : t('ui.not_found.title')}
      text={t('ui.not_found.text')}
      action={
        <Link to={back?.to ?? '/'} className={styles.link}>
          {back ? t('ui.go_back_to', { page: back.label }) : t('ui.go_home')}
        </Link>
      }
    />
  )
}

/** Any failure of a call: what happened, why, what to do, a code to quote. */
export function ErrorState({
  error,
  onRetry,
  compact,
}: {
  error: unknown
  onRetry?: () => void
  compact?: boolean
}) {
  const { t } = useTranslation()
  const e = asApiError(error)
  if (e.status === 403) {
    const permission = e.params.permission
    return (
      <NoPermission
        permission={typeof permission === 'string' ? permission : undefined}
        // A refusal with a code of its own says what it is about.
        text={e.code === 'forbidden' ? undefined : e.detail || undefined}
      />
    )
  }
  if (e.status === 404) return <NotFound />
  const { title, text } = errorText(e, t)
  // Nobody is asked to fill anything in here: what is wrong in it stands in the place of that advice.
  const wrong = e.code === 'invalid' ? [...new Set(e.fields.map((f) => f.message))].join(' ') : ''
  return (
    <State
      role="alert"
      compact={compact}
      icon={
        e.offline ? (
          <CloudOff size={28} strokeWidth={1.5} />
        ) : (
          <TriangleAlert size={28} strokeWidth={1.5} />
        )
      }
      title={title}
      text={wrong || text}
      action={
        onRetry && (
          <Button icon={<RefreshCw size={15} />} onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )
      }
      small={errorRef(e, t)}
    />
  )
}

type Translate = (key: string, params?: Record<string, unknown>) => string

/** The sentence and the advice for an error, in the reader's language. */
export function errorText(error: unknown, t: Translate): { title: string; text: string } {
  const e = asApiError(error)
  if (e.offline) return { title: t('ui.error.offline'), text: t('ui.error.offline_text') }
  if (e.status === 403) {
    return {
      title: e.title || t('ui.no_permission.title'),
      text: e.detail || t('ui.no_permission.text'),
    }
  }
  if (e.status === 429) {
    const text =
      e.detail ||
      (e.retryAfter > 0
        ? t('ui.error.rate_limited_in', { seconds: e.retryAfter })
        : t('ui.error.rate_limited_text'))
    return { title: e.title || t('ui.error.rate_limited'), text }
  }
  if (e.status >= 500 || e.status < 0) {
    return {
      title: e.title || t('ui.error.internal'),
      text: e.detail || t('ui.error.internal_text'),
    }
  }
  // A client error says itself what is wrong; one of the two may be all there is.
  if (e.detail && e.title && e.detail !== e.title) return { title: e.title, text: e.detail }
  return { title: e.detail || e.title || t('ui.error.unknown'), text: '' }
}

/** Code and request id, to be quoted when asking for help. */
export function errorRef(error: unknown, t: Translate): string {
  const e = asApiError(error)
  const parts: string[] = []
  if (e.code && !e.offline) parts.push(t('common.error_code', { code: e.code }))
  if (e.requestId) parts.push(t('ui.error.request', { id: e.requestId }))
  return parts.join(' · ')
}

/** What `QueryView` needs of a query. */
export interface Loadable<T> {
  data: T | undefined
  error: Error | null
  refetch: () => unknown
}

/** Queries that make one page as one: there when all are, failed when one is. */
export function joined<Q extends Record<string, Loadable<unknown>>>(
  queries: Q,
): Loadable<{ [K in keyof Q]: NonNullable<Q[K]['data']> }> {
  const all = Object.entries(queries)
  const there = all.every(([, q]) => q.data !== undefined)
  return {
    data: there ? (Object.fromEntries(all.map(([key, q]) => [key, q.data])) as never) : undefined,
    error: all.find(([, q]) => q.error)?.[1].error ?? null,
    refetch: () => {
      for (const [, q] of all) q.refetch()
    },
  }
}

/** A query on a page: skeleton while it loads, error with retry, else the content. */
export function QueryView<T>({
  query,
  skeleton,
  compact,
  children,
}: {
  query: Loadable<T>
  /** In the shape of the content, so that nothing jumps. */
  skeleton?: ReactNode
  compact?: boolean
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) {
    return <ErrorState error={query.error} onRetry={() => query.refetch()} compact={compact} />
  }
  return skeleton ?? <Bones />
}

/** Lines of text that still load. */
export function Bones({ rows = 6 }: { rows?: number }) {
  return (
    <div className={styles.bones} aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
        <Bone key={i} width={`${[92, 100, 84, 96, 70][i % 5]}%`} height={16} />
      ))}
    </div>
  )
}

/** A bar in the place of text that still loads; width in px or %. */
export function Bone({ width = '60%', height }: { width?: number | string; height?: number }) {
  return <span className="zk-bone" style={{ width, height }} aria-hidden="true" />
}
