import Foundation
import Glibc
import Testing

extension RealMTASuite {
  /// The samples as programs, with the options of their command line.
  @Suite struct SampleTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `Greeter records the sender, and rejects spam.example`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let (greeter, socket) = try SampleProcess.start("greeter", in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let message = try mta.queued(mail())
        #expect(message.fields == ["X-Seen-From: <sender@from.example>"])

        let client = try mta.connect()
        _ = try client.ehlo("spam.example")
        // Both MTAs accept EHLO, and refuse the next command.
        #expect(try client.mail(from: "sender@from.example").code >= 500)
        #expect(try mta.queueIDs() == [message.id])
      }
      #expect(try greeter.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Stamp records how a message came in`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let (stamp, socket) = try SampleProcess.start("stamp", in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let client = try mta.connect()
        try client.ehlo()
        #expect(try client.command("FROB nicate").code == 500)
        for count in 1...2 {
          let recipients = (1...count).map { "rcpt\($0)@to.example" } + ["nobody@rejected.example"]
          let delivery = try client.send(message: mail("X-A: a"), to: recipients)
          let message = try mta.message(
            try #require(delivery.queueID, "message \(count): \(delivery.final)"))
          // Filters see recipients that Sendmail's mailers refuse, but not those that check_rcpt refuses.
          let named = kind == .postfix ? count + 1 : count
          let stamp = """
            X-Stamp: from localhost (127.0.0.1) helo client.example;
             \(count) of \(named) recipients; 4 headers, 7 bytes; id \(message.id)
            """
          #expect(message.fields == ["X-A: a", stamp], "message \(count)")
        }
        let refused = try client.mail(from: "sender@none.invalid")
        #expect(refused.code == 553)
        #expect(refused.description.hasSuffix("Domains in .invalid do not exist (RFC 2606)"))
        try client.quit()
      }
      #expect(try stamp.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `SIGTERM ends a sample whose MTA is still there`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let (greeter, socket) = try SampleProcess.start("greeter", in: directory)
      let settings = RealMTA.Settings(filters: [socket.spec], tempfailsOnFilterFailure: false)
      try await withMTA(kind, settings) { mta in
        let client = try mta.connect()
        try client.ehlo()
        _ = try client.send(message: mail())
        #expect(try greeter.terminate() == 0)
        #expect(greeter.log.contains("signal 15: stopping"))
        try client.quit()
        #expect(try mta.queued(mail()).fields == [])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A sample changes its user and writes its process ID`(kind: RealMTA.Kind) async throws {
      let nobody = try #require(getpwnam("nobody")?.pointee)
      let directory = try InstanceDirectory()
      try directory.makeDirectory("run", owner: nobody.pw_uid)
      let pidfile = directory.path(of: "run/pid")
      let (greeter, socket) = try SampleProcess.start(
        "greeter", ["--user", "nobody", "--pidfile", pidfile], in: directory)
      #expect(try directory.read("run/pid") == Array("\(greeter.pid)\n".utf8))
      try wait(for: "another user") { try greeter.users() == [nobody.pw_uid] }
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let message = try mta.queued(mail())
        #expect(message.fields == ["X-Seen-From: <sender@from.example>"])
      }
      #expect(try greeter.terminate() == 0)
      #expect(access(pidfile, F_OK) != 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A sample also listens on a Unix socket for others`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let socket = MilterSocket.unix(path: directory.path(of: "socket"))
      let greeter = try SampleProcess(
        "greeter", ["--socket", socket.spec, "--socket-mode", "666"], in: directory)
      var status = stat()
      #expect(stat(directory.path(of: "socket"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o666)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let message = try mta.queued(mail())
        #expect(message.fields == ["X-Seen-From: <sender@from.example>"])
      }
      #expect(try greeter.terminate() == 0)
      #expect(access(directory.path(of: "socket"), F_OK) != 0)
    }
  }
}
