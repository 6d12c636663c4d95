import { type ReactNode, Suspense } from 'react'
import { createBrowserRouter } from 'react-router'
import { late } from '@/kit/late'
import { Guard, PageFailure, Root, Splash } from './Root'
import { type PageRoute, routes } from './routes'

/**
 * A page whose code comes when it is gone to. The router is never told that loading failed: it would
 * leave the place of the page empty. The page itself says so where it would stand.
 */
function coming(load: PageRoute['page'], wrap: (page: ReactNode) => ReactNode = (page) => page) {
  const Page = late(load)
  return async () => {
    await Page.ready()
    return { element: <Suspense fallback={<Splash />}>{wrap(<Page />)}</Suspense> }
  }
}

export const router = createBrowserRouter([
  {
    path: '/login',
    HydrateFallback: Splash,
    errorElement: <PageFailure />,
    lazy: coming(() => import('@/pages/login/LoginPage')),
  },
  {
    path: '/password',
    HydrateFallback: Splash,
    errorElement: <PageFailure />,
    lazy: coming(() => import('@/pages/login/FirstPasswordPage')),
  },
  {
    element: <Root />,
    HydrateFallback: Splash,
    errorElement: <PageFailure />,
    children: [
      ...routes.map((route) => ({
        path: route.path,
        errorElement: <PageFailure />,
        lazy: coming(route.page, (page) => (
          <Guard permission={route.permission} beside={route.beside}>
            {page}
          </Guard>
        )),
      })),
      { path: '*', lazy: coming(() => import('@/pages/NotFoundPage')) },
    ],
  },
])
