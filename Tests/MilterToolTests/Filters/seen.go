// A filter on emersion's go-milter that adds a header field with the number of fields and body bytes.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strings"

	"github.com/emersion/go-milter"
)

type seen struct {
	milter.NoOpMilter
	headers, size int
}

func (s *seen) MailFrom(from string, m *milter.Modifier) (milter.Response, error) {
	if from == "reject@example.org" {
		return milter.RespReject, nil
	}
	s.headers, s.size = 0, 0
	return milter.RespContinue, nil
}

func (s *seen) Header(name string, value string, m *milter.Modifier) (milter.Response, error) {
	s.headers++
	return milter.RespContinue, nil
}

func (s *seen) BodyChunk(chunk []byte, m *milter.Modifier) (milter.Response, error) {
	s.size += len(chunk)
	return milter.RespContinue, nil
}

func (s *seen) Body(m *milter.Modifier) (milter.Response, error) {
	text := fmt.Sprintf("%d headers, %d bytes", s.headers, s.size)
	if err := m.AddHeader("X-Seen", text); err != nil {
		return nil, err
	}
	return milter.RespAccept, nil
}

func listen(spec string) (net.Listener, error) {
	kind, rest, _ := strings.Cut(spec, ":")
	if kind == "unix" {
		return net.Listen("unix", rest)
	}
	port, host, _ := strings.Cut(rest, "@")
	return net.Listen("tcp", net.JoinHostPort(strings.Trim(host, "[]"), port))
}

func main() {
	listener, err := listen(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := milter.Server{
		NewMilter: func() milter.Milter { return &seen{} },
		Actions:   milter.OptAddHeader,
	}
	log.Fatal(server.Serve(listener))
}
