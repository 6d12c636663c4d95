import { App, Button, Dropdown } from 'antd'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { downloadUrl } from '@/api/client'
import { fromResponse } from '@/api/errors'
import { currentLang } from '@/i18n'
import { errorText } from '../states'

/** The file name a server gave; both plain and RFC 5987 forms. */
export function fileName(disposition: string | null, fallback: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')
  if (extended?.[1]) {
    try {
      return decodeURIComponent(extended[1])
    } catch {
      return fallback
    }
  }
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? fallback
}

/** Fetches a file of the API and hands it to the browser; throws ApiError. */
export async function download(path: string, query: Record<string, unknown>, fallback: string) {
  const response = await fetch(downloadUrl(path, query), {
    headers: { 'Accept-Language': currentLang() },
  })
  if (!response.ok) throw fromResponse(response, await response.json().catch(() => null))
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = fileName(response.headers.get('Content-Disposition'), fallback)
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** CSV or XLSX of the whole list as it is filtered, sorted and shown. */
export function ExportButton({
  path,
  query,
  name,
  text,
}: {
  path: string
  query: Record<string, unknown>
  /** File name without its ending, should the server give none. */
  name: string
  /** Shows a word beside the icon. */
  text?: string
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const run = async (format: string) => {
    setBusy(true)
    try {
      await download(path, { ...query, format }, `${name}.${format}`)
    } catch (error) {
      const { title, text: advice } = errorText(error, t)
      message.error(advice ? `${title} ${advice}` : title)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'xlsx', label: t('common.export_xlsx') },
          { key: 'csv', label: t('common.export_csv') },
        ],
        onClick: ({ key }) => run(key),
      }}
    >
      <Button
        type={text ? 'default' : 'text'}
        loading={busy}
        icon={<Download size={16} />}
        aria-label={text ?? t('common.export')}
        title={t('common.export')}
      >
        {text}
      </Button>
    </Dropdown>
  )
}
