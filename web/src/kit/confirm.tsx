import { App, Button } from 'antd'
import { type ReactNode, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { errorRef, errorText } from './states'

export interface ConfirmOptions {
  /** What will happen to how many: "停用 3 名员工". */
  title: string
  /** What follows from it. */
  text?: ReactNode
  confirmText: string
  /** Does it; throws what the API threw. */
  act: () => Promise<unknown>
  /** Said when done: "已停用 3 名员工". */
  done: string
  /** Takes it back; offered for 8 s. Leave out where it cannot be. False: not yet, it asks first. */
  undo?: () => Promise<unknown>
  danger?: boolean
  /** Takes a refusal that the page can do something about; true where it did. */
  refused?: (error: unknown) => boolean
}

/** Says a result, a failure with its code, or a result that can be taken back. */
export function useSay() {
  const { t } = useTranslation()
  const { message, notification } = App.useApp()
  const fail = useCallback(
    (error: unknown) => {
      const { title, text } = errorText(error, t)
      const ref = errorRef(error, t)
      notification.error({
        title,
        description: (
          <>
            {text && <div>{text}</div>}
            {/* For whoever is asked for help; not a part of the sentence. */}
            {ref && <small className="zk-muted">{ref}</small>}
          </>
        ),
        placement: 'bottomRight',
        duration: 10,
      })
    },
    [notification, t],
  )
  const done = useCallback(
    (text: string, undo?: () => Promise<unknown>) => {
      if (!undo) {
        message.success(text)
        return
      }
      const key = `undo-${Date.now()}`
      notification.success({
        key,
        title: text,
        placement: 'bottomRight',
        duration: 8,
        actions: (
          <Button
            size="small"
            onClick={async () => {
              notification.destroy(key)
              try {
                if ((await undo()) !== false) message.success(t('ui.undone'))
              } catch (error) {
                fail(error)
              }
            }}
          >
            {t('common.undo')}
          </Button>
        ),
      })
    },
    [message, notification, fail, t],
  )
  return { done, fail }
}

/**
 * Asks before an act that others will feel, saying what happens to how many,
 * and offers to take it back afterwards. Acts that are easily undone need no
 * question: call `act` and `useSay().done(text, undo)`.
 */
export function useConfirmWithUndo() {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const { done, fail } = useSay()
  return useCallback(
    (options: ConfirmOptions) => {
      modal.confirm({
        title: options.title,
        content: options.text,
        okText: options.confirmText,
        cancelText: t('common.cancel'),
        okButtonProps: { danger: options.danger },
        icon: null,
        autoFocusButton: 'cancel',
        onOk: async () => {
          try {
            await options.act()
            done(options.done, options.undo)
          } catch (error) {
            if (!options.refused?.(error)) fail(error)
          }
        },
      })
    },
    [modal, t, done, fail],
  )
}
