import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat, useSay } from '@/kit'
import { count } from './api'

/** How many a rule or an audience means, told when asked: a count of everything on a page would be dear. */
export function CountButton({
  of,
  name,
  bare,
  disabled,
}: {
  of: Parameters<typeof count>[0]
  name: string
  /** The number alone, where a heading says what it counts. */
  bare?: boolean
  disabled?: boolean
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const { fail } = useSay()
  const [counted, setCounted] = useState<number | null>(null)
  const [busy, setBusy] = useState(false)
  const ask = async () => {
    setBusy(true)
    try {
      setCounted((await count(of)).count)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  if (counted !== null) {
    return (
      <span role="status" className="zk-num">
        {bare
          ? f.count(counted)
          : t('audiences.shipped.counted', { count: counted, shown: f.count(counted) })}
      </span>
    )
  }
  return (
    <Button
      size="small"
      type="text"
      disabled={disabled}
      loading={busy}
      aria-label={t('audiences.shipped.count_of', { name })}
      onClick={ask}
    >
      {t('audiences.shipped.count')}
    </Button>
  )
}
