import { Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { Can, EmptyState } from '@/kit'

/** The report is about the whole company: whoever sees a part of the customers gets their list instead. */
export function ReportScope() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={<Lock size={28} strokeWidth={1.5} />}
      title={t('tiers.report.scope')}
      text={t('tiers.report.scope_text')}
      action={
        <Can permission={perm.tierView}>
          <Link to="/tiering/runs">{t('tiers.report.scope_action')}</Link>
        </Can>
      }
    />
  )
}
