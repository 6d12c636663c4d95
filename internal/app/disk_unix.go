//go:build unix

package app

import "syscall"

// freeBytes is what an ordinary user may still write below path.
func freeBytes(path string) (int64, bool) {
	var st syscall.Statfs_t
	if syscall.Statfs(path, &st) != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true
}
