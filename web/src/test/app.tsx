import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App } from 'antd'
import i18next from 'i18next'
import { type ReactNode, useState } from 'react'
import { initReactI18next } from 'react-i18next'
import { createMemoryRouter, RouterProvider } from 'react-router'

// Without texts: a key is shown as it is, and parameters do not matter.
i18next.use(initReactI18next).init({
  lng: 'zh-CN',
  keySeparator: false,
  nsSeparator: false,
  resources: {},
  interpolation: { escapeValue: false },
})

/** What components need around them in a test. */
export function TestApp({ at = '/', children }: { at?: string; children: ReactNode }) {
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: false } } }),
  )
  const [router] = useState(() =>
    createMemoryRouter([{ path: '*', element: children }], { initialEntries: [at] }),
  )
  return (
    <QueryClientProvider client={client}>
      <App>
        <RouterProvider router={router} />
      </App>
    </QueryClientProvider>
  )
}
