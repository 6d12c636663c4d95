import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useBlocker } from 'react-router'

/** Asks before unsaved changes of a page are lost by going away or closing it. */
export function useLeaving(dirty: boolean) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const free = useRef(false)
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      dirty && !free.current && currentLocation.pathname !== nextLocation.pathname,
  )
  useEffect(() => {
    if (blocker.state !== 'blocked') return
    modal.confirm({
      title: t('ui.form.leave'),
      content: t('ui.form.leave_text'),
      okText: t('common.discard'),
      cancelText: t('ui.form.keep'),
      okButtonProps: { danger: true },
      icon: null,
      autoFocusButton: 'cancel',
      onOk: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
    })
  }, [blocker, modal, t])
  useEffect(() => {
    if (!dirty) return
    const ask = (event: BeforeUnloadEvent) => {
      if (!free.current) event.preventDefault()
    }
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [dirty])
  return {
    /** What was typed is saved: nothing is asked any more. */
    free: () => {
      free.current = true
    },
  }
}
