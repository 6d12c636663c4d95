import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { Navigate, Outlet, useLocation, useRouteError } from 'react-router'
import { onSessionEnded } from '@/api/client'
import { ApiError } from '@/api/errors'
import { JobsProvider } from '@/kit/jobs/store'
import { MeProvider, sessionKey, useMe, useSessionQuery } from '@/kit/session'
import { ErrorState, NoPermission } from '@/kit/states'
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

/** A page that broke; one whose code does not come is told by `late`. */
export function PageFailure() {
  const error = useRouteError()
  // A TypeError of a page is a fault of the page: only one of a call means that nobody answered.
  const told = error instanceof ApiError ? error : new ApiError({ status: -1, code: 'ui' })
  return <ErrorState error={told} onRetry={() => window.location.reload()} />
}
