import Foundation
import MilterFilterFixtures
import MilterKit
import MilterProcesses
import MilterRealMTA
import Testing

extension RealMTASuite {
  /// MilterRealMTA, through its public interface.
  @Suite struct RealMTAProductTests {
    /// A filter with a reply and a change.
    private final class Doorkeeper: Milter {
      @PerMessage private var sender = ""
      override class var actions: MilterActionFlags { .addhdrs }

      override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
        self.sender = sender
        return .continue
      }

      override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
        guard recipient == "<nobody@example.org>" else { return .continue }
        try setreply("550", "5.1.1", "nobody lives here")
        return .reject
      }

      override func eom() throws -> Status {
        try addheader("X-Seen-From", sender)
        return .accept
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Replies and the queued message are values`(kind: RealMTA.Kind) async throws {
      try await withFilter(kind, making: { Doorkeeper() }) { mta, _ in
        let delivery = try mta.deliver(
          "Subject: Hello\n\nHello!\n.\n", from: "a@example.org",
          to: ["nobody@example.org", "b@example.org"])
        #expect(delivery.mail.code == 250)
        // Sendmail inserts the recipient before the filter's text.
        let recipient = kind == .sendmail ? "<nobody@example.org>... " : ""
        #expect(delivery.recipients.first?.lines == ["550 5.1.1 \(recipient)nobody lives here"])
        #expect(delivery.recipients.last?.isPositive == true)
        #expect(delivery.data?.code == 354)
        let message = try mta.message(try #require(delivery.queueID))
        #expect(try mta.queueIDs() == [message.id])
        #expect(message.sender == "a@example.org")
        #expect(message.addresses == ["b@example.org"])
        #expect(message.values(of: "x-seen-from") == ["<a@example.org>"])
        #expect(message.body == Array("Hello!\n.\n".utf8))
        #expect(try mta.headers(of: message.id) == message.headers)
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A filter on a Unix socket is checked`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let path = directory.path(of: "filter.sock")
      let server = try FilterServer(on: .unix(path: path), configure: { $0.socketMode = 0o666 }) {
        Doorkeeper()
      }
      defer { server.stop() }
      try await withMTA(kind, RealMTA.Settings(filters: ["unix:\(path)"])) { mta in
        let delivery = try mta.deliver("Subject: Hello\n\nHello!\n", from: "a@example.org")
        let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
        #expect(message.values(of: "X-Seen-From") == ["<a@example.org>"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A local submission is queued, and its filters are asked`(kind: RealMTA.Kind) async throws
    {
      let server = try FilterServer { Doorkeeper() }
      defer { server.stop() }
      var settings = RealMTA.Settings()
      // Sendmail uses the same filters for local submissions and for SMTP.
      switch kind {
      case .postfix: settings.localFilters = [server.socket.spec]
      case .sendmail: settings.filters = [server.socket.spec]
      }
      try await withMTA(kind, settings) { mta in
        let text = Array("Subject: local\n\nHello!\n".utf8)
        let message = try mta.message(
          try mta.submitLocally(text, from: "a@example.org", to: ["b@example.org"]))
        #expect(message.addresses == ["b@example.org"])
        #expect(message.headers(named: "X-Seen-From").count == 1)
        #expect(message.body == Array("Hello!\n".utf8))
      }
    }

    @Test func `A refused local submission is an error with the reply`() async throws {
      try await withFilter(.sendmail, making: { Doorkeeper() }) { mta, _ in
        let error = #expect(throws: RealMTAError.self) {
          try mta.submitLocally([], to: ["nobody@example.org"])
        }
        #expect(error?.code == .refused)
        #expect(error?.message.hasSuffix("nobody lives here") == true)
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A message that the queue does not have is an error of its own`(kind: RealMTA.Kind)
      async throws
    {
      try await withMTA(kind) { mta in
        let error = #expect(throws: RealMTAError.self) { try mta.message("0123456789") }
        #expect(error?.code == .noSuchMessage)
        #expect(error?.message == "\(kind) has no message 0123456789 in its queue")
        let other = #expect(throws: RealMTAError.self) { try mta.headers(of: "0123456789") }
        #expect(other?.code == .noSuchMessage)
      }
    }

    @Test(.requires(.postfix, .sendmail), arguments: RealMTA.Kind.allCases)
    func `A socket to which no MTA can connect is an error`(kind: RealMTA.Kind) {
      let error = #expect(throws: RealMTAError.self) { try RealMTA(kind, .init(filters: ["fd:3"])) }
      #expect(error?.code == .invalidSetting)
      #expect(error?.message.hasPrefix("fd:3: an MTA cannot connect to a descriptor") == true)
    }

    @Test func `Missing requirements are named, with their packages`() {
      let tree = ProcessInfo.processInfo.environment["SWIFT_MILTER_MTA_ROOT"] ?? ""
      #expect(
        RealMTA.Kind.postfix.missing(for: 1000) { !$0.hasSuffix("/usr/sbin/postcat") }
          == """
          Postfix cannot be started without \(tree)/usr/sbin/postcat, root's rights; \
          on Debian or Ubuntu, install postfix and run the tests as root
          """)
      #expect(
        RealMTA.Kind.sendmail.missing(for: 0) { $0 != "/usr/bin/m4" }
          == """
          Sendmail cannot be started without /usr/bin/m4; on Debian or Ubuntu, \
          install sendmail-bin, sendmail-cf, libnss-wrapper and m4 and run the tests as root
          """)
      for kind in RealMTA.Kind.allCases {
        #expect(kind.missing(for: 0) { _ in true } == "")
        #expect(kind.isInstalled == kind.missing.isEmpty)
      }
    }
  }
}
