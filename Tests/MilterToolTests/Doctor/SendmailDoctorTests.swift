import MilterProcessFixtures
import Testing

/// `milter doctor` on lines of `sendmail.cf`, whose verdicts Sendmail 8.17.1 gave.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct SendmailDoctorTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  @Test func `A chain's timeouts are compared with T=`() throws {
    let socket = try SocketKind.inet.free(in: directory)
    let filter = try StartedProgram.listening("greeter", ["--socket", socket])
    let chain = try directory.write(
      "socket = \(socket)\nmember = one unix:/one\nmember = two unix:/two\n", to: "chain.conf")
    for (times, words) in [
      // By default, Sendmail waits 10 seconds for a reply, and 5 minutes at the end of the message.
      ("", nil), (", T=R:10s;E:241s", nil),
      (", T=R:9s", "error: T=R of f is 9 s, and the chain's members may take 9 s together"),
      (", T=E:4m", "error: T=E of f is 240 s, and the chain's members may take 240 s together for"),
      (", T=C:30s;R:1m", nil),
    ] {
      let file = try directory.write(
        "O InputMailFilters=f\nXf, S=\(socket), F=T\(times)\n", to: "sendmail.cf")
      let run = try milter("doctor", "--chain", chain, "--sendmail", file)
      #expect(run.output.contains(words ?? "nothing is wrong\n"), "\(times): \(run.output)")
      #expect(run.status == (words == nil ? 0 : 3), "\(times): \(run.output)")
    }
    _ = try filter.end()
  }

  @Test func `Lines are judged as Sendmail does`() throws {
    let socket = try SocketKind.inet.free(in: directory)
    let filter = try StartedProgram.listening("greeter", ["--socket", socket])
    let port = inetPort(of: socket)
    let well = "nothing is wrong"
    let cases: [(String, String)] = [
      ("O InputMailFilters=f\nXf, S=inet:PORT@localhost, F=T, T=R:30s", well),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1,\n\tF=T, T=R:30s", well),
      (
        "O InputMailFilters=f;g\nXf, S=inet:PORT@127.0.0.1, F=T, T=R:30s\n"
          + "Xg, S=inet:1@127.0.0.1, F=T", well
      ),
      ("O InputMail=f\nXf,S=inet:PORT@127.0.0.1,F=T,T=R:1m30s", well),
      ("# O\n\tInputMailFilters=g\nO inputmailfilters = f\nXf, S = inet:PORT@127.0.0.1, F=T", well),
      (
        "O DaemonPortOptions=Name=MTA, InputMailFilters=f\n"
          + "O DaemonPortOptions=Name=MSA, Port=587\nXf, S=inet:PORT@127.0.0.1, F=T, T=R:30s",
        "note: the daemon MSA does not use the filter f\n"
      ),
      (
        "O DaemonPortOptions=Name=MTA, I=g\nO InputMailFilters=f\n"
          + "Xf, S=inet:PORT@127.0.0.1, F=T\nXg, S=inet:1@127.0.0.1",
        "error: the filter f is defined and not used\n"
      ),
      (
        "O InputMailFilters=f\nXf, S=inet:127.0.0.1:PORT, F=T",
        "error: the filter f has S=inet:127.0.0.1:"
      ),
      ("O InputMailFilters=f\nXf, S=inet:PORT, F=T", "expected port@host"),
      ("O InputMailFilters=f\nXf, S=inet:PORT@[127.0.0.1], F=T", "addresses in brackets"),
      ("O InputMailFilters=f\nXf, S=inet6:PORT@::1, F=T", "that is another address"),
      ("O InputMailFilters=f\nXf S=inet:PORT@127.0.0.1 F=T", "fields are separated by commas"),
      ("O InputMailFilters=f\nXf, F=T", "empty or missing socket information"),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=T, T=R:abc", "invalid time \"R:abc\""),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=T, T=E:5M", "invalid time \"E:5M\""),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=T, T=R30", "`:' expected"),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=T, T=Q:5s", "unknown filter timeout Q"),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=T, Q=5", "unknown filter equate Q="),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=T, E:5m", "`=' expected"),
      ("O InputMailFilters=f g\nXf, S=inet:PORT@127.0.0.1, F=T", "InputMailFilters has f g"),
      ("O InputMailFilters=f;h\nXf, S=inet:PORT@127.0.0.1, F=T", "InputMailFilters has h"),
      (
        "O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=T\nXf, S=inet:1@127.0.0.1",
        "the filter f is defined twice"
      ),
      ("O InputMailFilters=f\nXf, S=inet:PORT@127.0.0.1, F=X", "warning: the filter f has no F=\n"),
    ]
    for (lines, words) in cases {
      let file = try directory.write(lines.replacing("PORT", with: port) + "\n", to: "sendmail.cf")
      let run = try milter("doctor", "--socket", socket, "--sendmail", file)
      #expect(run.output.contains(words), "\(lines): \(run.output)")
      let isWell = words == well || words.hasPrefix("note")
      #expect(run.status == (isWell ? 0 : 3), "\(lines): \(run.output)")
    }
    _ = try filter.end()
  }
}
