import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { api, ok } from '@/api/client'
import { isStatus } from '@/api/errors'
import type { Session } from '@/api/types'

export interface Me extends Session {
  can: (permission: string) => boolean
  /** Whether one of the fields of customers is hidden from the reader. */
  hides: (...keys: string[]) => boolean
  /** Whether the reader's roles let a field of customers be changed; the permission is apart. */
  edits: (key: string) => boolean
}

const Context = createContext<Me | null>(null)

export const sessionKey = ['session'] as const

/** Who is signed in: the session, null where nobody is, undefined while asking. */
export function useSessionQuery() {
  return useQuery<Session | null>({
    queryKey: sessionKey,
    queryFn: async ({ signal }) => {
      try {
        return await ok(api.GET('/session', { signal }))
      } catch (error) {
        if (isStatus(error, 401)) return null
        throw error
      }
    },
    staleTime: 5 * 60_000,
  })
}

export function MeProvider({ session, children }: { session: Session; children: ReactNode }) {
  const me = useMemo<Me>(() => {
    const held = new Set(session.permissions)
    // Only what is restricted stands there; a server of an older version sends nothing.
    const fields = session.fields ?? {}
    return {
      ...session,
      can: (permission) => held.has(permission),
      hides: (...keys) => keys.some((key) => fields[key] === 'hidden'),
      edits: (key) => fields[key] === undefined,
    }
  }, [session])
  return <Context.Provider value={me}>{children}</Context.Provider>
}

/** The signed-in person. Only below the shell; throws elsewhere. */
export function useMe(): Me {
  const me = useContext(Context)
  if (!me) throw new Error('useMe outside of a session')
  return me
}

const fallbackCompany = { name: '', time_zone: 'Asia/Shanghai', currency: 'CNY' }

/** Name, time zone and currency of the company; the defaults before sign-in. */
export const useCompany = () => useContext(Context)?.company ?? fallbackCompany

/** Ends the session and forgets everything fetched under it. */
export function useSignOut() {
  const client = useQueryClient()
  return async () => {
    await ok(api.DELETE('/session'))
    // First the session, so that the shell leaves; then all that was seen under it.
    client.setQueryData(sessionKey, null)
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] })
  }
}

/** Shows its children to people with the permission (any of several). */
export function Can({
  permission,
  fallback = null,
  children,
}: {
  permission: string | string[]
  fallback?: ReactNode
  children: ReactNode
}) {
  const me = useMe()
  const wanted = Array.isArray(permission) ? permission : [permission]
  return wanted.some(me.can) ? children : fallback
}
