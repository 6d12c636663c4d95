import { useTranslation } from 'react-i18next'
import { Section } from '@/kit'
import type { FullAudience } from '../api'
import { UseList } from './UseList'

/** What names the audience. */
export default function Uses({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  return (
    <Section title={t('audiences.tab.uses')} note={t('audiences.uses.note')}>
      <UseList id={audience.id} />
    </Section>
  )
}
