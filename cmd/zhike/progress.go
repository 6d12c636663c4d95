package main

import (
	"os"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar shows progress on a terminal; in a pipe and with --json it is silent.
type bar struct {
	p   *mpb.Progress
	bar *mpb.Bar
}

func (c *cli) newBar(title string) *bar {
	if !c.terminal() {
		return &bar{}
	}
	p := mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(40))
	return &bar{p: p, bar: p.AddBar(0,
		mpb.PrependDecorators(decor.Name(title+" "), decor.Percentage(decor.WC{W: 5})),
		mpb.AppendDecorators(decor.CountersNoUnit("%d/%d "), decor.AverageSpeed(0, "%.0f/s "), decor.AverageETA(decor.ET_STYLE_GO)),
	)}
}

// set moves the bar; a total of 0 is one that is not known yet.
func (b *bar) set(done, total int64) {
	if b.bar == nil {
		return
	}
	b.bar.SetTotal(total, false)
	b.bar.SetCurrent(done)
}

// end leaves the finished bar on the screen.
func (b *bar) end() {
	if b.bar == nil {
		return
	}
	b.bar.SetTotal(-1, true)
	b.p.Wait()
}
