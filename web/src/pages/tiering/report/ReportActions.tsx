import { Button } from 'antd'
import { Download, Printer } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { downloadUrl } from '@/api/client'
import { perm } from '@/app/permissions'
import { Can, download, useSay } from '@/kit'

/** The report as a workbook, and as a page to print. */
export function ReportActions({ runId }: { runId: number }) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const [busy, setBusy] = useState(false)
  const xlsx = async () => {
    setBusy(true)
    try {
      await download(`/tiering/runs/${runId}/report.xlsx`, {}, `report-${runId}.xlsx`)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Can permission={perm.reportExport}>
      <Button
        icon={<Printer size={16} />}
        href={downloadUrl(`/tiering/runs/${runId}/report.html`, {})}
        target="_blank"
        rel="noopener"
      >
        {t('common.print')}
      </Button>
      <Button type="primary" icon={<Download size={16} />} loading={busy} onClick={xlsx}>
        {t('common.export_xlsx')}
      </Button>
    </Can>
  )
}
