import { QueryClientProvider } from '@tanstack/react-query'
import { App as AntdApp, ConfigProvider } from 'antd'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { queryClient } from '@/api/query'
import { antdLocale } from '@/i18n'
import { useMedia } from '@/kit/media'
import { antdConfig } from '@/theme/antd'
import { ThemeMode, useTheme } from '@/theme/mode'
import { nonce } from './csp'

function Antd({ children }: { children: ReactNode }) {
  const { mode } = useTheme()
  const { i18n } = useTranslation()
  const reduced = useMedia('(prefers-reduced-motion: reduce)')
  const theme = useMemo(() => antdConfig(mode, reduced), [mode, reduced])
  return (
    <ConfigProvider
      theme={theme}
      locale={antdLocale(i18n.language)}
      csp={nonce ? { nonce } : undefined}
      button={{ autoInsertSpace: false }}
      drawer={{ mask: { blur: false } }}
      modal={{ mask: { blur: false } }}
    >
      <AntdApp className="zk-app" message={{ maxCount: 3, top: 64 }}>
        {children}
      </AntdApp>
    </ConfigProvider>
  )
}

export function Providers({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      <ThemeMode>
        <Antd>{children}</Antd>
      </ThemeMode>
    </QueryClientProvider>
  )
}
