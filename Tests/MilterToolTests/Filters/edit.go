// A filter on emersion's go-milter that changes everything in a message, and refuses some messages.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strings"

	"github.com/emersion/go-milter"
)

type edit struct {
	milter.NoOpMilter
	headers, size   int
	refused, isHeld bool
}

func (e *edit) MailFrom(from string, m *milter.Modifier) (milter.Response, error) {
	if from == "reject@example.org" {
		return milter.RespReject, nil
	}
	*e = edit{}
	return milter.RespContinue, nil
}

func (e *edit) RcptTo(to string, m *milter.Modifier) (milter.Response, error) {
	if to == "later@example.org" {
		return milter.RespTempFail, nil
	}
	return milter.RespContinue, nil
}

func (e *edit) Header(name string, value string, m *milter.Modifier) (milter.Response, error) {
	e.headers++
	if name == "Subject" {
		e.refused, e.isHeld = value == "refuse", value == "hold"
	}
	return milter.RespContinue, nil
}

func (e *edit) BodyChunk(chunk []byte, m *milter.Modifier) (milter.Response, error) {
	e.size += len(chunk)
	return milter.RespContinue, nil
}

func (e *edit) Body(m *milter.Modifier) (milter.Response, error) {
	if e.refused {
		return milter.NewResponseStr('y', "554 5.7.9 not wanted"), nil
	}
	text := fmt.Sprintf("%d headers, %d bytes", e.headers, e.size)
	changes := []error{
		m.AddHeader("X-Seen", text), m.ChangeHeader(1, "Subject", "changed"),
		m.DeleteRecipient("gone@example.org"), m.AddRecipient("new@example.org"),
		m.ReplaceBody([]byte("new body\n")),
	}
	if e.isHeld {
		changes = append(changes, m.Quarantine("held"))
	}
	for _, err := range changes {
		if err != nil {
			return nil, err
		}
	}
	return milter.RespContinue, nil
}

func main() {
	listener, err := net.Listen("unix", strings.TrimPrefix(os.Args[1], "unix:"))
	if err != nil {
		log.Fatal(err)
	}
	server := milter.Server{
		NewMilter: func() milter.Milter { return &edit{} },
		Actions: milter.OptAddHeader | milter.OptChangeHeader | milter.OptChangeBody |
			milter.OptAddRcpt | milter.OptRemoveRcpt | milter.OptQuarantine,
	}
	log.Fatal(server.Serve(listener))
}
