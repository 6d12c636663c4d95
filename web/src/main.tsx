import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import { nonce, nonceStyles } from './app/csp'
import { Providers } from './app/Providers'
import { router } from './app/router'
import { startI18n } from './i18n'
import './theme/global.css'

nonceStyles(nonce)

const root = document.getElementById('root')
if (root) {
  startI18n().then(() =>
    createRoot(root).render(
      <StrictMode>
        <Providers>
          <RouterProvider router={router} />
        </Providers>
      </StrictMode>,
    ),
  )
}
