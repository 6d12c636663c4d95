import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { FileButton, useSay } from '@/kit'
import { schemePath } from '../links'

/** Reads a scheme from a YAML file; a code that exists gets a new version. */
export function ImportScheme() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { done } = useSay()
  return (
    <FileButton
      label={t('tiers.import.action')}
      accept=".yaml,.yml"
      most={256 * 1024}
      onText={async (body) => {
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
      }}
    />
  )
}
