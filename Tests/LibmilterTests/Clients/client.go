// An MTA on emersion's go-milter. It sends three messages to a filter, and prints the filter's replies.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/emersion/go-milter"
)

// All actions that the client can decode.
const actions = milter.OptAddHeader | milter.OptChangeBody | milter.OptAddRcpt |
	milter.OptRemoveRcpt | milter.OptChangeHeader | milter.OptQuarantine | milter.OptChangeFrom

// Steps for which the client needs no reply.
const steps = milter.OptNoHeaderReply | milter.OptNoBodyReply | milter.OptNoEOHReply

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Prints a reply, and returns whether the message continues.
func show(step string, action *milter.Action, err error) bool {
	check(err)
	text := string(rune(action.Code))
	if action.Code == milter.ActReplyCode {
		text = fmt.Sprintf("%d %q", action.SMTPCode, action.SMTPText)
	}
	fmt.Printf("%s: %s\n", step, text)
	return action.Code == milter.ActContinue
}

func showChange(c milter.ModifyAction) {
	switch c.Code {
	case milter.ActAddHeader:
		fmt.Printf("addheader %s: %q\n", c.HeaderName, c.HeaderValue)
	case milter.ActChangeHeader:
		fmt.Printf("chgheader %d %s: %q\n", c.HeaderIndex, c.HeaderName, c.HeaderValue)
	case milter.ActInsertHeader:
		fmt.Printf("insheader %d %s: %q\n", c.HeaderIndex, c.HeaderName, c.HeaderValue)
	case milter.ActChangeFrom:
		fmt.Printf("chgfrom %s %q\n", c.From, c.FromArgs)
	case milter.ActAddRcpt, milter.ActDelRcpt:
		fmt.Printf("%c %s\n", c.Code, c.Rcpt)
	case milter.ActReplBody:
		fmt.Printf("replacebody %q\n", c.Body)
	case milter.ActQuarantine:
		fmt.Printf("quarantine %s\n", c.Reason)
	}
}

type message struct {
	id, sender string
	recipients []string
	headers    [][2]string
	body       string
	aborted    bool
}

func play(s *milter.ClientSession, m message) {
	fmt.Printf("-- %s\n", m.id)
	check(s.Macros(milter.CodeMail, "i", m.id, "{mail_addr}", m.sender))
	action, err := s.Mail(m.sender, []string{"SIZE=100"})
	if !show("mail", action, err) {
		return
	}
	for _, recipient := range m.recipients {
		check(s.Macros(milter.CodeRcpt, "{rcpt_addr}", recipient))
		action, err = s.Rcpt(recipient, []string{"NOTIFY=NEVER"})
		show("rcpt", action, err)
	}
	for _, header := range m.headers {
		action, err = s.HeaderField(header[0], header[1])
		if !show("header", action, err) {
			return
		}
	}
	if m.aborted {
		return
	}
	action, err = s.HeaderEnd()
	if !show("eoh", action, err) {
		return
	}
	check(s.Macros(milter.CodeEOB, "i", m.id))
	changes, action, err := s.BodyReadFrom(strings.NewReader(m.body))
	for _, change := range changes {
		showChange(change)
	}
	show("eom", action, err)
}

func main() {
	kind, address, _ := strings.Cut(os.Args[1], ":")
	if kind == "inet" {
		port, host, _ := strings.Cut(address, "@")
		kind, address = "tcp", host+":"+port
	}
	client := milter.NewClientWithOptions(
		kind, address, milter.ClientOptions{ActionMask: actions, ProtocolMask: steps})
	session, err := client.Session()
	check(err)
	fmt.Printf("actions %#x steps %#x\n", session.ActionOpts, session.ProtocolOpts)
	check(session.Macros(milter.CodeConn, "j", "mx.example.org"))
	action, err := session.Conn("client.example.org", milter.FamilyInet, 49152, "192.0.2.25")
	show("connect", action, err)
	action, err = session.Helo("client.example.org")
	show("helo", action, err)

	headers := [][2]string{
		{"Subject", "Hello"}, {"X-Doorman", "forged"}, {"X-Doorman", "forged too"},
	}
	large := strings.Repeat("0123456789\r\n", 10_000)
	play(session, message{
		"first", "alice@example.org", []string{"bob@example.net", "carol@example.net"}, headers,
		large, false})
	play(session, message{
		id: "refused", sender: "mallory@blocked.example", recipients: []string{"bob@example.net"},
		headers: headers})
	play(session, message{
		"second", "alice@example.org",
		[]string{"1@example.net", "2@example.net", "3@example.net", "4@example.net"}, headers[:1],
		"Hello\r\n", false})
	play(session, message{
		id: "aborted", sender: "alice@example.org", recipients: []string{"bob@example.net"},
		headers: headers, aborted: true})
	// Sends abort for the message in progress, and then quit.
	check(session.Close())
}
