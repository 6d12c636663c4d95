import { Button, Modal } from 'antd'
import {
  Component,
  type ComponentType,
  lazy,
  type ReactNode,
  startTransition,
  useEffect,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/errors'
import { EmptyState, ErrorState } from './states'

/** The code of a page or a part of it did not come. */
class LoadError extends Error {}

type Load<P> = () => Promise<{ default: ComponentType<P> }>

/** A component whose code is loaded when it is first shown. */
export type Late<P> = ComponentType<P> & {
  /** Loads the code ahead; what fails is shown where the component stands. */
  ready: () => Promise<void>
}

/**
 * Like React's `lazy`, to be put under a `Suspense`, but a failure to load is shown in the place of
 * the component with a way to try again, and forgotten when the reader leaves it. `over` is for
 * drawers and dialogues, which have no place on the page: theirs is a dialogue.
 */
export function late<P extends object>(load: Load<P>, options: { over?: boolean } = {}): Late<P> {
  let loaded: ComponentType<P> | undefined
  const attempt = async () => {
    try {
      const part = await load()
      loaded = part.default
      return part
    } catch (cause) {
      throw new LoadError('code did not load', { cause })
    }
  }
  let part: ComponentType<P> = lazy(attempt)
  const renew = () => {
    part = lazy(attempt)
    return part
  }
  function LatePart(props: P) {
    // Kept while it is shown, so that its state is.
    const [state, setState] = useState(() => ({ Part: loaded ?? part, tries: 0 }))
    const again = () =>
      startTransition(() => setState((was) => ({ Part: renew(), tries: was.tries + 1 })))
    return (
      <Boundary
        key={state.tries}
        failure={
          <LoadFailure
            over={options.over}
            onRetry={again}
            onLeave={renew}
            onClose={onClose(props)}
          />
        }
      >
        <state.Part {...props} />
      </Boundary>
    )
  }
  return Object.assign(LatePart, {
    ready: () =>
      attempt().then(
        () => {},
        () => {},
      ),
  })
}

/** How whoever opened a drawer is told that it is closed. */
const onClose = (props: { onClose?: () => void }) => () => props.onClose?.()

class Boundary extends Component<
  { failure: ReactNode; children: ReactNode },
  { error: unknown; failed: boolean }
> {
  override state = { error: undefined as unknown, failed: false }

  static getDerivedStateFromError(error: unknown) {
    return { error, failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    // Only what did not load is told here; a page that breaks is told as before.
    if (!(this.state.error instanceof LoadError)) throw this.state.error
    return this.props.failure
  }
}

/** What the server says to a part that did not load. */
type Served = 'away' | 'newer' | 'same'

const entryOf = (page: Document) =>
  page.querySelector('script[type="module"][src]')?.getAttribute('src')

/** Whether the server answers, and with the program this page is of. */
async function served(): Promise<Served> {
  try {
    const answer = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(10_000) })
    if (!answer.ok) return 'away'
    const now = entryOf(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    return now && now !== entryOf(document) ? 'newer' : 'same'
  } catch {
    return 'away'
  }
}

function LoadFailure({
  over,
  onRetry,
  onLeave,
  onClose,
}: {
  over?: boolean
  onRetry: () => void
  onLeave: () => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [found, setFound] = useState<Served>()
  useEffect(() => {
    let here = true
    served().then((now) => {
      if (here) setFound(now)
    })
    return () => {
      here = false
      // Who comes again gets another try.
      onLeave()
    }
  }, [onLeave])
  const retry = async () => {
    const now = await served()
    // Browsers remember a file that failed: where the server answers, a failure after this is told with "Reload".
    if (now === 'same' && found === 'away') onRetry()
    else setFound(now)
  }
  const said = () => {
    if (!found) return null
    if (found === 'away') {
      const error = new ApiError({ status: 0, code: 'offline' })
      return <ErrorState compact={over} error={error} onRetry={retry} />
    }
    return (
      <div role="alert">
        <EmptyState
          compact={over}
          title={t(found === 'newer' ? 'ui.new_version.title' : 'ui.not_loaded.title')}
          text={t(found === 'newer' ? 'ui.new_version.text' : 'ui.not_loaded.text')}
          action={
            <Button type="primary" onClick={() => window.location.reload()}>
              {t('ui.reload')}
            </Button>
          }
        />
      </div>
    )
  }
  if (!over) return said()
  return (
    <Modal open={found !== undefined} footer={null} onCancel={onClose}>
      {said()}
    </Modal>
  )
}
