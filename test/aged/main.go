// Aged moves back when the customers of a data folder came: browser journeys have
// the machine's clock, and of whoever came today nothing is known of the days before.
//
//	go run ./test/aged DIR DAYS
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return fmt.Errorf("usage: aged DIR DAYS")
	}
	days, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	return age(context.Background(), os.Args[1], days)
}
