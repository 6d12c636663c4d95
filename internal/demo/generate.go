package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"zhike/internal/platform/clock"
)

// CompanyName is the invented chain.
const CompanyName = "山岚咖啡生活"

// Bounds and defaults of Options.
const (
	DefaultCustomers = 20_000
	DefaultCompanies = 300
	DefaultYears     = 3

	maxCustomers = 500_000
	maxCompanies = 4_000
	maxYears     = 10
)

// ErrOptions is the error of options outside their bounds.
var ErrOptions = errors.New("demo: options out of bounds")

// Options choose the sample company.
type Options struct {
	Seed      uint64
	AsOf      clock.Day // last day with orders; the year must be 2018 … 2036 for three years
	Customers int       // persons; 0 = 20,000; at most 500,000
	Companies int       // business clients; 0 = 300, −1 = none; at most 4,000
	Years     int       // length of the window in years of 365 days; 0 = 3; at most 10
}

func (o Options) withDefaults() (Options, error) {
	if o.Customers == 0 {
		o.Customers = DefaultCustomers
	}
	switch o.Companies {
	case 0:
		o.Companies = DefaultCompanies
	case -1:
		o.Companies = 0
	}
	if o.Years == 0 {
		o.Years = DefaultYears
	}
	if o.Customers < 1 || o.Customers > maxCustomers || o.Companies < 0 || o.Companies > maxCompanies ||
		o.Years < 1 || o.Years > maxYears {
		return o, fmt.Errorf("%w: customers 1 to %d, companies to %d, years 1 to %d",
			ErrOptions, maxCustomers, maxCompanies, maxYears)
	}
	earliest := clock.DateDay(firstYear, 1, 1) + clock.Day(veteranDays+365*o.Years)
	if latest := clock.DateDay(lastYear, 12, 31); o.AsOf < earliest || o.AsOf > latest {
		return o, fmt.Errorf("%w: the last day must lie between %s and %s", ErrOptions, earliest, latest)
	}
	return o, nil
}

// generator holds the whole company in memory; a run of the default size peaks at
// about 115 MiB.
type generator struct {
	opt         Options
	first, last clock.Day
	almanac     *almanac
	names       *nameBook
	cities      *cityBook
	catalogue   *catalogue

	people    []person
	companies []company
	orders    []order
	lines     []line // the slab being filled, see reserve
	behave    behaviour
	byTime    []int32 // indexes of orders in time order
}

// Generate writes the files of the sample company and manifest.json into dir,
// which it creates; files of these names are replaced. It stops with the error of
// ctx when that ends. Errors: ErrOptions, and those of the file system.
func Generate(ctx context.Context, dir string, opt Options) (Manifest, error) {
	g, err := generate(ctx, opt)
	if err != nil {
		return Manifest{}, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return Manifest{}, err
	}
	m := g.manifest()
	writers := []func(string) (FileInfo, error){
		g.writeTmall, g.writePOS, g.writeEnterprise, g.writeCustomers, g.writeBehaviour,
	}
	for _, write := range writers {
		if err := ctx.Err(); err != nil {
			return Manifest{}, err
		}
		info, err := write(dir)
		if err != nil {
			return Manifest{}, err
		}
		for reason, n := range info.BadRows {
			m.BadRows[reason] += n
		}
		m.Files = append(m.Files, info)
	}
	if err := g.writeFair(dir); err != nil {
		return m, err
	}
	return m, m.write(dir)
}

// generate makes the company in memory.
func generate(ctx context.Context, opt Options) (*generator, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	g := &generator{
		opt: opt, last: opt.AsOf, first: opt.AsOf - clock.Day(365*opt.Years) + 1,
		names: newNameBook(), cities: newCityBook(), catalogue: newCatalogue(),
		behave: behaviour{r: newRandom(opt.Seed, streamBehaviour, 0)},
	}
	g.almanac = newAlmanac(g.first-veteranDays, g.last)
	g.people = make([]person, opt.Customers)
	for i, at := range g.joins() {
		g.people[i] = g.person(i, at)
	}
	for i := range g.people {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		g.buy(i)
	}
	g.companies = make([]company, opt.Companies)
	for i := range g.companies {
		g.companies[i] = g.company(i)
		g.procure(i)
	}
	g.number()
	g.tally()
	for i := range g.people {
		g.behave.wander(g, i)
	}
	g.behave.sort()
	return g, nil
}

// number sorts the orders by time and gives them their ids, which count by day
// and channel.
func (g *generator) number() {
	g.byTime = make([]int32, len(g.orders))
	for i := range g.byTime {
		g.byTime[i] = int32(i)
	}
	slices.SortStableFunc(g.byTime, func(a, b int32) int {
		switch x, y := g.orders[a].at, g.orders[b].at; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	var day clock.Day
	var count [4]int
	for _, i := range g.byTime {
		o := &g.orders[i]
		if o.day() != day {
			day, count = o.day(), [4]int{}
		}
		prefix, series := "XS", 0
		switch {
		case o.origin >= 0:
			prefix, series = "TH", 1
		case o.channel == channelTmall:
			prefix, series = "TM", 2
		case o.channel == channelEnterprise:
			prefix, series = "QY", 3
		}
		count[series]++
		o.id = orderID(prefix, day, count[series])
	}
}

// orderID is a prefix, the date and six digits.
func orderID(prefix string, day clock.Day, n int) string {
	y, m, d := day.Date()
	return fmt.Sprintf("%s%04d%02d%02d%06d", prefix, y, int(m), d, n)
}

// buyer is who made an order.
func (g *generator) buyer(o *order) *buyer {
	if o.channel == channelEnterprise {
		return &g.companies[o.who].buyer
	}
	return &g.people[o.who].buyer
}

// tally sums what each customer spent.
func (g *generator) tally() {
	for i := range g.orders {
		o := &g.orders[i]
		if o.state == stateCancelled {
			continue
		}
		b, net := g.buyer(o), o.net()
		b.spent += net
		recent := o.day() > g.last-365
		if recent {
			b.spent12 += net
		}
		if o.origin >= 0 {
			continue
		}
		b.orders++
		if recent {
			b.orders12++
		}
	}
}
