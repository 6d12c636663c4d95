import { createBrowserRouter } from 'react-router'
import { Guard, PageFailure, Root, Splash } from './Root'
import { routes } from './routes'

export const router = createBrowserRouter([
  {
    path: '/login',
    HydrateFallback: Splash,
    errorElement: <PageFailure />,
    lazy: async () => ({ Component: (await import('@/pages/login/LoginPage')).default }),
  },
  {
    path: '/password',
    HydrateFallback: Splash,
    errorElement: <PageFailure />,
    lazy: async () => ({ Component: (await import('@/pages/login/FirstPasswordPage')).default }),
  },
  {
    element: <Root />,
    HydrateFallback: Splash,
    errorElement: <PageFailure />,
    children: [
      ...routes.map((route) => ({
        path: route.path,
        errorElement: <PageFailure />,
        lazy: async () => {
          const { default: Component } = await route.page()
          return {
            element: (
              <Guard permission={route.permission} beside={route.beside}>
                <Component />
              </Guard>
            ),
          }
        },
      })),
      {
        path: '*',
        lazy: async () => ({ Component: (await import('@/pages/NotFoundPage')).default }),
      },
    ],
  },
])
