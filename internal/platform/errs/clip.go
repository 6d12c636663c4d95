package errs

// maxClip bounds what an error repeats, in characters.
const maxClip = 200

// Clip bounds a value that somebody sent before an error repeats it.
func Clip(s string) string {
	r := []rune(s)
	if len(r) > maxClip {
		return string(r[:maxClip]) + "…"
	}
	return s
}
