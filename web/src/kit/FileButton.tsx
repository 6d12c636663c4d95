import { Button } from 'antd'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/errors'
import { useSay } from './confirm'

/** A button that gives the text of a file that the reader chooses. */
export function FileButton({
  label,
  accept,
  most,
  onText,
}: {
  label: string
  accept: string
  /** Largest size in bytes. */
  most: number
  /** Throws what the API threw; it is told. */
  onText: (text: string) => Promise<unknown>
}) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const read = async (file: File) => {
    setBusy(true)
    try {
      if (file.size > most)
        throw new ApiError({ status: 413, title: t('ui.file.large', { max: most / 1024 }) })
      await onText(await file.text())
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
        accept={accept}
        hidden
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0]
          // The same file can be chosen again after it was corrected.
          event.target.value = ''
          if (file) read(file)
        }}
      />
      <Button icon={<FileUp size={16} />} loading={busy} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  )
}
