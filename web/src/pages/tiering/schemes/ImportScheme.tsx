import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { ApiError } from '@/api/errors'
import { useSay } from '@/kit'
import { schemePath } from '../links'

const most = 256 * 1024

/** Reads a scheme from a YAML file; a code that exists gets a new version. */
export function ImportScheme() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const read = async (file: File) => {
    setBusy(true)
    try {
      if (file.size > most)
        throw new ApiError({ status: 413, title: t('tiers.import.large', { max: most / 1024 }) })
      const body = await file.text()
      const made = await ok(
        api.POST('/tiering/schemes/import', {
          body,
          bodySerializer: (text) => text,
          headers: { 'Content-Type': 'application/yaml' },
        }),
      )
      await client.invalidateQueries({ queryKey: ['tiering'] })
      done(t('tiers.import.done', { name: made.scheme.name, version: made.version }))
      navigate(schemePath(made.scheme.code))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml"
        hidden
        aria-label={t('tiers.import.action')}
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file can be chosen again after it was corrected.
          event.target.value = ''
          if (file) read(file)
        }}
      />
      <Button icon={<FileUp size={16} />} loading={busy} onClick={() => input.current?.click()}>
        {t('tiers.import.action')}
      </Button>
    </>
  )
}
