package customer

import (
	mem "zhike/internal/column"
)

// memRegistered takes four bytes a customer once somebody asks for it.
var memRegistered = memCol(mem.Small, "c.registered_at")

// noRegistration stands for an unknown day where lists sort by it: before all others.
const noRegistration = -1_000_000

// registeredField is the day of registration.
func registeredField() listField {
	const key = "COALESCE(k.registered_at, -1000000)"
	return listField{
		code: fieldRegistered, typ: "date", ops: opsDate, compile: registeredCondition, column: true, width: 110,
		sortBy: &order{table: "customers", key: key, id: "id", scan: true, held: &mem.Segment{By: memRegistered, Sorted: true, Missing: noRegistration}},
	}
}

func registeredCondition(c *compiler, n *Node) (expr, error) {
	const column = "c.registered_at"
	switch n.Op {
	case "empty":
		return plain('c', column+" IS NULL").inMemory(mem.Not(mem.Has(memRegistered))), nil
	case "not_empty":
		return plain('c', column+" IS NOT NULL").inMemory(mem.Has(memRegistered)), nil
	}
	key := "COALESCE(" + column + ", " + num(noRegistration) + ")"
	if n.Op == "anniversary_days" {
		k, err := keptWithin(n, c.today)
		return plain('c', keptDay(&k, key)).inMemory(keptMem(&k, memRegistered)), err
	}
	from, to, err := n.Days(c.today)
	from = max(from, noRegistration+1)
	return plain('c', key+" >= "+num(int64(from))+" AND "+key+" <= "+num(int64(to))).inMemory(mem.Between(memRegistered, int64(from), int64(to))), err
}
