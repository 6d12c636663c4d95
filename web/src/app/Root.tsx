import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation, useRouteError } from 'react-router'
import { onSessionEnded } from '@/api/client'
import { JobsProvider } from '@/kit/jobs/store'
import { MeProvider, sessionKey, useMe, useSessionQuery } from '@/kit/session'
import { EmptyState, ErrorState, NoPermission } from '@/kit/states'
import { Mark } from './Mark'
import { Shell } from './Shell'
import styles from './shell.module.css'

/** What stands while the session is asked for: the mark, nothing that jumps. */
export function Splash() {
  return (
    <div className={styles.splash} aria-busy="true">
      <Mark size={40} />
    </div>
  )
}

/** Everything behind the sign-in. */
export function Root() {
  const client = useQueryClient()
  const session = useSessionQuery()
  const { pathname, search } = useLocation()

  useEffect(() => {
    onSessionEnded(() => client.setQueryData(sessionKey, null))
  }, [client])

  if (session.data === undefined) {
    if (!session.error) return <Splash />
    return <ErrorState error={session.error} onRetry={() => session.refetch()} />
  }
  if (session.data === null) {
    const next = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`
    return <Navigate to={`/login${next}`} replace />
  }
  if (session.data.staff.must_change_password) return <Navigate to="/password" replace />
  return (
    <MeProvider session={session.data}>
      <JobsProvider>
        <Shell>
          <Outlet />
        </Shell>
      </JobsProvider>
    </MeProvider>
  )
}

/** A page that needs a permission (of several one, and what is needed beside), or says which one is missing. */
export function Guard({
  permission,
  beside,
  children,
}: {
  permission?: string | string[]
  beside?: string
  children: ReactNode
}) {
  const me = useMe()
  const wanted = permission === undefined ? [] : [permission].flat()
  if (wanted.length > 0 && !wanted.some(me.can)) return <NoPermission permission={wanted[0]} />
  if (beside && !me.can(beside)) return <NoPermission permission={beside} />
  return children
}

/** A page that broke, or whose file is gone because the server was updated. */
export function PageFailure() {
  const { t } = useTranslation()
  const error = useRouteError()
  const stale =
    error instanceof TypeError && /import|module|fetch/i.test(error.message) && navigator.onLine
  if (stale) {
    return (
      <EmptyState
        title={t('ui.new_version.title')}
        text={t('ui.new_version.text')}
        action={
          <Button type="primary" onClick={() => window.location.reload()}>
            {t('ui.reload')}
          </Button>
        }
      />
    )
  }
  return <ErrorState error={error} onRetry={() => window.location.reload()} />
}
