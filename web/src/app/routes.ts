import type { ComponentType } from 'react'

/** A page; its file is loaded when it is first needed or hovered. */
export interface PageRoute {
  /** Absolute path, with `:id` parameters. */
  path: string
  page: () => Promise<{ default: ComponentType }>
  /** Permission to see it (any of several); none = everybody signed in. */
  permission?: string | string[]
  /** One that is needed beside. */
  beside?: string
}

// Every folder of pages brings its own table, so that adding one touches nothing else.
const tables = import.meta.glob<{ routes: PageRoute[] }>('../pages/*/routes.ts', { eager: true })

export const routes: PageRoute[] = Object.values(tables).flatMap((table) => table.routes)

const paths = new Set(routes.map((r) => r.path))

/** Whether a page is registered under exactly this path. */
export const pageExists = (path: string) => paths.has(path)

/** Whether a registered path with parameters fits an address. */
export function fits(pattern: string, pathname: string): boolean {
  const want = pattern.split('/')
  const have = pathname.split('/')
  return (
    want.length === have.length &&
    want.every((part, i) => (part.startsWith(':') ? Boolean(have[i]) : part === have[i]))
  )
}

/** Fetches the code of a page ahead of the click. */
export function prefetch(pathname: string): void {
  const route =
    routes.find((r) => r.path === pathname) ?? routes.find((r) => fits(r.path, pathname))
  route?.page().catch(() => {
    // The click will try again and show what is wrong.
  })
}
