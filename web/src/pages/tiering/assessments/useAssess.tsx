import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import { useMe, useSay } from '@/kit'
import { AssessForm } from './AssessForm'

interface Wanted {
  about: { dimension: string; scheme: string }
  act: () => Promise<unknown>
  done: string
}

/**
 * For what is refused until an impact assessment is filed: `refused` takes such a
 * refusal, asks for the assessment and then does what was refused. The page shows
 * `form` somewhere.
 */
export function useAssess(): {
  form: ReactNode
  refused: (error: unknown, dimension: string, act: Wanted['act'], done: string) => boolean
} {
  const { t } = useTranslation()
  const me = useMe()
  const say = useSay()
  const [wanted, setWanted] = useState<Wanted | null>(null)
  return {
    refused: (error, dimension, act, done) => {
      const { code, params } = asApiError(error)
      if (code !== 'tier.not_assessed' || !me.can(perm.tierAssess)) return false
      setWanted({ about: { dimension, scheme: String(params.scheme) }, act, done })
      return true
    },
    form: wanted && (
      <AssessForm
        about={wanted.about}
        note={t('ui_assess.needed')}
        submitText={t('ui_assess.file_and_go_on')}
        onClose={() => setWanted(null)}
        onFiled={async () => {
          setWanted(null)
          try {
            await wanted.act()
            say.done(wanted.done)
          } catch (thrown) {
            // The assessment is filed all the same: the act can be done again without it.
            say.fail(thrown)
          }
        }}
      />
    ),
  }
}
