import Foundation
import Glibc
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

extension RealMTASuite {
  /// Postfix with the configurations of `milter doctor`'s own tests.
  @Suite struct DoctorVerdictTests {
    /// A filter that leaves a trace.
    private final class Tracer: Milter {
      override class var actions: MilterActionFlags { .addhdrs }
      override func eom() throws -> Status {
        try addheader("X-Asked", "yes")
        return .continue
      }
    }

    /// The fate of a message.
    private enum Outcome {
      case asked
      case notAsked
      case refused
      case dead
    }

    /// The cases in which smtpd waits for a long time, because cleanup does not start.
    private static let aboutCleanup = [
      "another service's time", "an invalid socket for local mail",
    ]

    @Test func `The filter is checked only where the doctor finds no error`()
      async throws
    {
      let server = try FilterServer { Tracer() }
      guard case .inet(let port) = server.socket else {
        throw HarnessError("\(server.socket) is not an internet socket")
      }
      for item in DoctorCase.all where !Self.aboutCleanup.contains(item.description) {
        var settings = RealMTA.Settings()
        settings.postfixLines = [item.main.replacing("PORT", with: "\(port)")]
        settings.postfixOptions = item.options.replacing("PORT", with: "\(port)")
        try await withMTA(.postfix, settings) { mta in
          let outcome = try outcome(under: mta)
          #expect((outcome == .asked) == (item.verdict != .error), "\(item): \(outcome)")
        }
      }
    }

    private func outcome(under mta: RealMTA) throws -> Outcome {
      guard let socket = try Loopback.connect(to: mta.port, from: "127.0.0.1") else {
        return .dead
      }
      defer { socket.close() }
      let isAlive: Bool = try poll(for: "a greeting, or the reason for none") {
        if mta.log().contains(" fatal: ") { return false }
        let events = try Poll.wait(socket.descriptor, .readable, milliseconds: 0)
        guard events.contains(.readable) else { return nil }
        var byte: UInt8 = 0
        return read(socket.descriptor, &byte, 1) == 1
      }
      guard isAlive else { return .dead }
      let delivery = try mta.deliver(mail())
      guard let id = delivery.queueID else { return .refused }
      return try mta.message(id).values(of: "X-Asked").isEmpty ? .notAsked : .asked
    }
  }
}
