import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { type ComponentType, StrictMode, Suspense } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { TestApp } from '@/test/app'
import { late } from './late'

afterEach(() => {
  cleanup()
  document.head.innerHTML = ''
})

/** The server as long as it is stopped, then with the page whose entry is named. */
function serve() {
  const now = { entry: '' }
  document.head.innerHTML = '<meta name="x">'
  const script = document.createElement('script')
  script.type = 'module'
  script.setAttribute('src', '/assets/one.js')
  // Only to be read: it must not be fetched.
  const query = document.querySelector.bind(document)
  vi.spyOn(document, 'querySelector').mockImplementation((what: string) =>
    what.startsWith('script') ? script : query(what),
  )
  vi.stubGlobal('fetch', async () => {
    if (!now.entry) throw new TypeError('Failed to fetch')
    return new Response(
      `<!doctype html><html><head><script type="module" src="${now.entry}"></script></head></html>`,
    )
  })
  return now
}

type Page = { default: ComponentType<{ onClose?: () => void }> }

function show(load: () => Promise<Page>, over = false, onClose?: () => void) {
  const Part = late(load, { over })
  const tree = () => (
    <StrictMode>
      <TestApp>
        <Suspense fallback="loading">
          <Part onClose={onClose} />
        </Suspense>
      </TestApp>
    </StrictMode>
  )
  return { ...render(tree()), tree }
}

it('says that the server is away, and loads when it is back', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const server = serve()
  const load = vi.fn<() => Promise<Page>>().mockRejectedValue(new TypeError('Failed to fetch'))
  show(load)
  expect(await screen.findByText('ui.error.offline')).toBeTruthy()
  // Once for what was shown, not in a circle.
  expect(load).toHaveBeenCalledTimes(1)

  fireEvent.click(screen.getByText('common.retry'))
  expect(await screen.findByText('ui.error.offline')).toBeTruthy()
  expect(load).toHaveBeenCalledTimes(1)

  server.entry = '/assets/one.js'
  load.mockResolvedValue({ default: () => <p>the page</p> })
  fireEvent.click(screen.getByText('common.retry'))
  expect(await screen.findByText('the page')).toBeTruthy()
})

it.each([
  ['/assets/two.js', 'ui.new_version.title'],
  ['/assets/one.js', 'ui.not_loaded.title'],
])('with %s served offers to reload', async (entry, title) => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  serve().entry = entry
  const reload = vi.fn()
  vi.spyOn(window.location, 'reload').mockImplementation(reload)
  show(() => Promise.reject(new TypeError('gone')))
  expect(await screen.findByText(title)).toBeTruthy()
  fireEvent.click(screen.getByText('ui.reload'))
  expect(reload).toHaveBeenCalledOnce()
})

it('tries again for who comes again, and shows drawers in a dialogue', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  serve()
  const load = vi.fn<() => Promise<Page>>().mockRejectedValueOnce(new TypeError('Failed to fetch'))
  load.mockResolvedValue({ default: () => <p>the drawer</p> })
  const onClose = vi.fn()
  const { unmount, tree } = show(load, true, onClose)
  expect(await screen.findByRole('dialog')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Close' }))
  // Whoever opened it knows that it is closed, and can open it again.
  expect(onClose).toHaveBeenCalledOnce()
  unmount()
  await act(async () => {
    render(tree())
  })
  expect(await screen.findByText('the drawer')).toBeTruthy()
})
